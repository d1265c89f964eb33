/** Favourites as they lie on the device: a list of {type, id, title, note, url, city}. */

const FIELDS = ["type", "id", "title", "note", "url", "city"];

/** Read what was stored; anything that is no favourite is left out. */
export function parseFavourites(text) {
  let stored;
  try {
    stored = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(stored)) return [];
  return stored.filter(isFavourite).map(onlyFields);
}

export function formatFavourites(favourites) {
  return JSON.stringify(favourites);
}

export function isKept(favourites, { url }) {
  return favourites.some((one) => one.url === url);
}

/** Add what is not there, take away what is; the newest stands first. */
export function toggle(favourites, favourite) {
  const others = favourites.filter(({ url }) => url !== favourite.url);
  return isKept(favourites, favourite) ? others : [onlyFields(favourite), ...others];
}

/** The address of a thing, whatever question it was reached by. */
export function addressOf(url) {
  return url.split(/[?#]/)[0];
}

function isFavourite(value) {
  // Only our own pages: a link to elsewhere, or a script, is never offered.
  return typeof value?.title === "string" && /^\/(?!\/)/.test(value.url ?? "");
}

function onlyFields(favourite) {
  return Object.fromEntries(FIELDS.map((name) => [name, String(favourite[name] ?? "")]));
}

/**
 * The question of the resident's page, as the query of its address.
 *
 *   from, place   where the reader is: "lat,lon", and what the place is called
 *   sel, at       what is looked at: the open card, the part of the map
 *   page          how much of the list is shown
 *
 * Everything else is a filter, and is carried along without being understood.
 */

const DIGITS = 5;
const VIEW = ["sel", "at", "page"];

/** {lat, lon, label} of the place asked from, or null for the whole city. */
export function originOf(search) {
  const query = new URLSearchParams(search);
  const [lat, lon, ...rest] = (query.get("from") ?? "").split(",").map(toNumber);
  const fine = rest.length === 0 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return fine ? { lat, lon, label: query.get("place") ?? "" } : null;
}

/** From another place, with the filters as they are; what was looked at belongs to the old one. */
export function withOrigin(search, { lat, lon, label = "" }) {
  const query = without(search, [...VIEW, "q", "from", "place"]);
  query.set("from", `${Number(lat.toFixed(DIGITS))},${Number(lon.toFixed(DIGITS))}`);
  if (label) query.set("place", label);
  return write(query);
}

/** With other filters, given as [name, value] pairs; from the same place, on the same map. */
export function withFilters(search, pairs) {
  const before = new URLSearchParams(search);
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== ""));
  for (const name of ["from", "place", "at"]) {
    query.delete(name);
    if (before.has(name)) query.set(name, before.get(name));
  }
  return write(query);
}

/** The question without what is looked at: equal questions have equal answers. */
export function questionOf(search) {
  const query = without(search, VIEW);
  query.sort();
  return write(query);
}

function without(search, names) {
  const query = new URLSearchParams(search);
  for (const name of names) query.delete(name);
  return query;
}

function toNumber(text) {
  return text.trim() ? Number(text) : Number.NaN;
}

/** Commas and colons stay readable: they mean nothing in a query. */
function write(query) {
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text && `?${text}`;
}

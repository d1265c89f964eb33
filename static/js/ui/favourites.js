/** Favourites: kept on this device alone, and their cards kept for times without a connection. */

import {
  addressOf,
  formatFavourites,
  isKept,
  parseFavourites,
  toggle,
} from "#js/core/favourites.js";
import { element } from "#js/ui/dom.js";

const SLOT = "favourites";

/**
 * Wire the buttons [data-favourite], the counts [data-favourites-count] and the list
 * [data-favourites] of a page; call the function it returns when parts of the page are new.
 */
export function wireFavourites(root, { onKeep, onDrop }) {
  function show() {
    const favourites = read();
    for (const button of root.querySelectorAll("[data-favourite]"))
      showButton(button, isKept(favourites, favouriteOf(button)));
    for (const count of root.querySelectorAll("[data-favourites-count]"))
      count.textContent = favourites.length || "";
    for (const list of root.querySelectorAll("[data-favourites]")) showList(list, favourites);
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-favourite]");
    if (!button) return;
    const favourite = favouriteOf(button);
    const favourites = toggle(read(), favourite);
    const kept = isKept(favourites, favourite);
    if (!write(favourites)) return say(button, button.dataset.full);
    (kept ? onKeep : onDrop)?.([favourite.url]);
    say(button, kept ? button.dataset.added : button.dataset.removed);
    show();
  });
  // Another tab of the same reader, or this one on its way back.
  addEventListener("storage", ({ key }) => key === SLOT && show());
  addEventListener("pageshow", show);
  show();
  return show;
}

function showButton(button, kept) {
  button.setAttribute("aria-pressed", String(kept));
}

function showList(list, favourites) {
  const empty = document.querySelector("[data-favourites-empty]");
  if (empty) empty.hidden = favourites.length > 0;
  list.replaceChildren(...favourites.map((favourite) => rowOf(favourite, list.dataset)));
}

function rowOf({ title, note, city, url, type, id }, { remove, added, removed }) {
  const place = [note, city].filter(Boolean).join(" · ");
  const data = { type, id, title, note, city, url, added, removed };
  return element(
    "li",
    { class: "favourite" },
    element(
      "a",
      { class: "place", href: url },
      element("span", { class: "place-name" }, title),
      place && element("span", { class: "place-note" }, place),
    ),
    element(
      "button",
      {
        type: "button",
        class: "button",
        "data-favourite": true,
        "aria-label": `${remove}: ${title}`,
        ...Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value])),
      },
      remove,
    ),
  );
}

function favouriteOf({ dataset }) {
  const { type, id, title, note, city, url } = dataset;
  return { type, id, title, note, city, url: addressOf(url) };
}

/** The device may refuse to store anything; then nothing is kept, and nothing breaks. */
function read() {
  try {
    return parseFavourites(localStorage.getItem(SLOT));
  } catch {
    return [];
  }
}

function write(favourites) {
  try {
    localStorage.setItem(SLOT, formatFavourites(favourites));
    return true;
  } catch {
    return false;
  }
}

function say(button, text) {
  const said = button
    .closest(".card-actions, [data-favourites]")
    ?.parentElement.querySelector("[data-said]");
  if (said) said.textContent = text ?? "";
}

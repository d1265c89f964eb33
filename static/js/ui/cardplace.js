/** The place of the panel where a card takes the list's place, and gives it back as it was. */

import { findRow } from "#js/ui/rows.js";

export function createCardPlace(panel) {
  const list = panel.querySelector("#panel-list");
  const card = panel.querySelector("#panel-card");
  const scroll = panel.querySelector(".panel-scroll");
  let scrollOfList = 0;

  return {
    /** Show a card; returns where it says its thing is: {lat, lon}, or null. */
    show(html, { focus }) {
      if (card.hidden) scrollOfList = scroll.scrollTop;
      card.innerHTML = html;
      list.hidden = true;
      card.hidden = false;
      scroll.scrollTop = 0;
      if (focus) card.querySelector("h1")?.focus({ preventScroll: true });
      const { lat, lon } = card.querySelector("[data-lat]")?.dataset ?? {};
      return lat ? { lat: Number(lat), lon: Number(lon) } : null;
    },

    /** Back to the list, to the row the card was opened from. */
    close(sel) {
      if (card.hidden) return;
      card.hidden = true;
      card.replaceChildren();
      list.hidden = false;
      scroll.scrollTop = scrollOfList;
      if (sel) findRow(list, sel)?.focus({ preventScroll: true });
    },
  };
}

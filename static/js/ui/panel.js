/** The panel of the access map: the question, the list, and the card that takes its place. */

import { createCardPlace } from "#js/ui/cardplace.js";
import { watchPresses } from "#js/ui/presses.js";
import { isPlain, wirePicks } from "#js/ui/rows.js";

/**
 * Wire the panel.
 *
 * onAsk(question)   the sentence was changed: {kind, minutes, group, by}
 * onPick(sel)       something in a list was chosen: {type, id}
 * onHover(sel|null) the pointer or the focus is on something in a list
 * onBack()          the card was closed
 */
export function wirePanel(panel, { onAsk, onPick, onHover, onBack }) {
  const list = panel.querySelector("#panel-list");
  const card = panel.querySelector("#panel-card");
  const place = createCardPlace(panel);

  panel.addEventListener("change", (event) => {
    const form = event.target.closest("[data-question]");
    if (form) onAsk(Object.fromEntries(new FormData(form)));
  });
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    onAsk(Object.fromEntries(new FormData(event.target)));
  });
  panel.addEventListener("click", (event) => {
    if (isPlain(event) && event.target.closest("[data-back]")) {
      event.preventDefault();
      onBack();
    }
  });
  wirePicks(panel, { onPick, onHover });

  return {
    /** Resolves when nothing of the list is held down. */
    released: watchPresses(list),

    showList(html) {
      const focused = list.contains(document.activeElement) && document.activeElement.name;
      if (html !== undefined) list.innerHTML = html;
      if (focused) list.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
    },

    showCard: place.show,
    closeCard: place.close,

    setBusy(busy) {
      for (const part of [list, card]) part.setAttribute("aria-busy", String(busy));
    },

    focusQuestion() {
      list.querySelector("select")?.focus();
    },
  };
}

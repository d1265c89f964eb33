/** The panel: the question, the list, and the card that takes the list's place. */

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
  const scroll = panel.querySelector(".panel-scroll");
  let scrollOfList = 0;

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
    showList(html) {
      const focused = list.contains(document.activeElement) && document.activeElement.name;
      if (html !== undefined) list.innerHTML = html;
      if (focused) list.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
    },

    showCard(html, { focus }) {
      if (card.hidden) scrollOfList = scroll.scrollTop;
      card.innerHTML = html;
      list.hidden = true;
      card.hidden = false;
      scroll.scrollTop = 0;
      if (focus) card.querySelector("h1")?.focus({ preventScroll: true });
      const { lat, lon } = card.querySelector("[data-lat]")?.dataset ?? {};
      return lat ? { lat: Number(lat), lon: Number(lon) } : null;
    },

    closeCard(sel) {
      if (card.hidden) return;
      card.hidden = true;
      card.replaceChildren();
      list.hidden = false;
      scroll.scrollTop = scrollOfList;
      if (sel) findRow(list, sel)?.focus({ preventScroll: true });
    },

    setBusy(busy) {
      for (const part of [list, card]) part.setAttribute("aria-busy", String(busy));
    },

    bringIntoView(sel) {
      if (!list.hidden) findRow(list, sel)?.scrollIntoView({ block: "nearest" });
    },

    focusQuestion() {
      list.querySelector("select")?.focus();
    },
  };
}

/** Things in the lists of `root` are chosen by click, lit by pointer or focus, passed by arrows. */
export function wirePicks(root, { onPick, onHover }) {
  root.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (!pick || !isPlain(event)) return;
    event.preventDefault();
    onPick(selectionOf(pick));
  });
  for (const [name, over] of Object.entries({
    pointerover: 1,
    focusin: 1,
    pointerout: 0,
    focusout: 0,
  }))
    root.addEventListener(name, (event) => {
      const pick = event.target.closest("[data-pick]");
      if (pick) onHover(over ? selectionOf(pick) : null);
    });
  root.addEventListener("keydown", (event) => moveInList(event));
}

/** A click that asks for nothing special, such as another tab. */
function isPlain(event) {
  return !(event.metaKey || event.ctrlKey || event.shiftKey || event.button);
}

/** Mark everything in the page's lists that stands for `sel`. */
export function markRows(panel, name, sel) {
  for (const row of panel.querySelectorAll(`.${name}`)) row.classList.remove(name);
  if (!sel) return;
  for (const row of panel.querySelectorAll(rowSelector(sel))) row.classList.add(name);
}

function selectionOf({ dataset }) {
  return { type: dataset.type, id: dataset.id };
}

function findRow(list, sel) {
  return list.querySelector(rowSelector(sel));
}

function rowSelector({ type, id }) {
  return `[data-pick][data-type="${CSS.escape(type)}"][data-id="${CSS.escape(id)}"]`;
}

/** Arrows move between the rows of one list. */
function moveInList(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest("[data-pick]");
  if (!by || !row) return;
  const rows = [...row.closest("ol, ul, tbody").querySelectorAll("[data-pick]")];
  const next = rows[rows.indexOf(row) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

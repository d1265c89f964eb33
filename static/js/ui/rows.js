/** Rows of lists that stand for things on the map: chosen by click, lit by pointer or focus. */

/** A click that asks for nothing special, such as another tab. */
export function isPlain(event) {
  return !(event.metaKey || event.ctrlKey || event.shiftKey || event.button);
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

/** Mark everything in the page's lists that stands for `sel`. */
export function markRows(panel, name, sel) {
  for (const row of panel.querySelectorAll(`.${name}`)) row.classList.remove(name);
  if (!sel) return;
  for (const row of panel.querySelectorAll(rowSelector(sel))) row.classList.add(name);
}

export function findRow(list, sel) {
  return list.querySelector(rowSelector(sel));
}

function selectionOf({ dataset }) {
  return { type: dataset.type, id: dataset.id };
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

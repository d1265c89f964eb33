/** One thing is selected, one is under the pointer; everybody who draws it hears of it. */

export const keyOf = (sel) => sel && `${sel.type}:${sel.id}`;

export function createSelection() {
  const current = { selected: null, hovered: null };
  const listeners = [];

  function set(what, sel) {
    if (keyOf(current[what]) === keyOf(sel)) return;
    current[what] = sel;
    for (const listener of listeners) listener(what, sel, current);
  }

  return {
    current,
    select: (sel) => set("selected", sel),
    hover: (sel) => set("hovered", sel),
    listen: (listener) => listeners.push(listener),
  };
}

/** The answer in the panel: shown, folded, its tables switched. */

/** `slot` holds the answer; `onTable(address)` asks for another table of the same run. */
export function wireResult(slot, { onTable }) {
  slot.addEventListener("click", (event) => {
    if (event.target.closest("[data-unfold]")) unfold(event.target);
    const link = event.target.closest("[data-table]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onTable(link.getAttribute("href"));
  });

  return {
    /** {run, layers} of the answer shown; null where there is none. */
    current() {
      const { run, layers } = slot.querySelector(".result")?.dataset ?? {};
      return run ? { run, layers } : null;
    },

    show(html) {
      slot.innerHTML = html;
    },

    /** Move the reader's attention to the headline: the answer is there. */
    focus() {
      const headline = slot.querySelector(".result-headline");
      headline?.focus({ preventScroll: true });
      const { top } = headline?.getBoundingClientRect() ?? { top: 0 };
      if (top > 0.6 * innerHeight) headline.scrollIntoView({ block: "start" });
    },

    setBusy: (busy) => slot.setAttribute("aria-busy", String(busy)),
  };
}

function unfold(button) {
  const table = button.closest(".result-table").querySelector("table");
  delete table.dataset.folded;
  button.remove();
}

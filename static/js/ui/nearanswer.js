/** The answer of the resident's page: filters, counts and lists that change in place. */

import { watchPresses } from "#js/ui/presses.js";
import { isPlain } from "#js/ui/rows.js";

/**
 * Wire the answer in `slot`.
 *
 * pages             pathnames of the page: links to it are questions, and are asked in place
 * onFilters(pairs)  the filters were changed: [name, value] pairs
 * onQuestion(query) a link of the answer asks another question: its query with "?"
 * onMore(link)      more of a list is wanted
 */
export function wireAnswer(slot, { pages, onFilters, onQuestion, onMore }) {
  slot.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filters]");
    if (form) onFilters([...new FormData(form)]);
  });
  slot.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-filters]");
    if (!form) return;
    event.preventDefault();
    onFilters([...new FormData(form)]);
  });
  slot.addEventListener("click", (event) => {
    if (event.target.closest("[data-filters-done]")) return closeFilters(slot);
    const link = event.target.closest("a[href]");
    if (!link || !isPlain(event) || link.matches("[data-pick]")) return;
    const url = new URL(link.href);
    if (!pages.includes(url.pathname)) return;
    event.preventDefault();
    if (link.matches("[data-more]")) onMore(link);
    else onQuestion(url.search);
  });

  return {
    /** Resolves when nothing of the answer is held down. */
    released: watchPresses(slot),

    /** Another answer; the reader stays at the control that asked for it. */
    show(html) {
      const kept = rememberControl(slot);
      const open = slot.querySelector("details[open][data-sheet]") !== null;
      slot.innerHTML = html;
      const filters = slot.querySelector("details[data-sheet]");
      if (filters) filters.open = open;
      kept()?.focus({ preventScroll: true });
    },

    /** Rows of the next page, after those there are; the link that asked for them gives way. */
    append(link, html) {
      const next = new DOMParser().parseFromString(html, "text/html");
      const links = link.closest(".near-more");
      const first = next.querySelector("[data-list] [data-pick]");
      for (const section of next.querySelectorAll("[data-list]")) {
        const same = slot.querySelector(`[data-list="${section.dataset.list}"] ol`);
        if (same) same.append(...section.querySelectorAll(".near-item"));
        else links.before(section);
      }
      const further = next.querySelector("[data-more]");
      if (further) link.replaceWith(further);
      else link.remove();
      first?.focus();
    },

    setBusy: (busy) => slot.setAttribute("aria-busy", String(busy)),
    root: () => slot.querySelector(".near"),
  };
}

/** The filters fold away, and the reader stands before what they left. */
function closeFilters(slot) {
  slot.querySelector("details[data-sheet]").open = false;
  slot.querySelector("[data-list] [data-pick], .near-title")?.focus();
}

/** What finds the focused control again after the answer was drawn anew; null where none had it. */
function rememberControl(slot) {
  const node = document.activeElement;
  if (!slot.contains(node)) return () => null;
  const { name, value, type } = node;
  const chosen = /checkbox|radio/.test(type) ? `[value="${CSS.escape(value)}"]` : "";
  const same = () => name && slot.querySelector(`[name="${CSS.escape(name)}"]${chosen}`);
  return () => same() || slot.querySelector("[tabindex='-1']");
}

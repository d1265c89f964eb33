/** The answer of the resident's page: filters, counts and lists that change in place. */

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
    const link = event.target.closest("a[href]");
    if (!link || !isPlain(event) || link.matches("[data-pick]")) return;
    const url = new URL(link.href);
    if (!pages.includes(url.pathname)) return;
    event.preventDefault();
    if (link.matches("[data-more]")) onMore(link);
    else onQuestion(url.search);
  });

  return {
    /** Another answer; the reader stays at the control that asked for it. */
    show(html) {
      const kept = rememberControl(slot);
      const open = new Set([...slot.querySelectorAll("details[open][id]")].map(({ id }) => id));
      slot.innerHTML = html;
      for (const details of slot.querySelectorAll("details[id]"))
        if (open.has(details.id)) details.open = true;
      kept()?.focus({ preventScroll: true });
    },

    /** Rows of the next page of a list, in the place of the link that asked for them. */
    append(link, html) {
      const block = link.closest("[data-list]");
      const next = new DOMParser().parseFromString(html, "text/html");
      const more = next.querySelector(`[data-list="${block.dataset.list}"]`);
      const rows = [...(more?.querySelectorAll(".near-item") ?? [])];
      block.querySelector("ol").append(...rows);
      const further = more?.querySelector("[data-more]");
      if (further) link.replaceWith(further);
      else link.remove();
      rows[0]?.querySelector("a")?.focus();
    },

    setBusy: (busy) => slot.setAttribute("aria-busy", String(busy)),
    root: () => slot.querySelector(".near"),
  };
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

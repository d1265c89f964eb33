/** The search box: suggestions while typing, chosen by arrows, by touch or by the screen reader. */

import { markedParts, nextIndex, partsBySpans } from "#js/core/suggestions.js";
import { disc, element, svg } from "#js/ui/dom.js";
import { watchPresses } from "#js/ui/presses.js";

const PAUSE_MS = 140;
const LEAST_LETTERS = 2;

/**
 * Wire the form of the search.
 *
 * suggest(text)   a promise of suggestions [{label, sort, where, icon, color, approximate, …}]
 * atRest()        suggestions of an empty box
 * onPick(item)    one was chosen
 * countText(n)    how many there are, in words, for those who do not see them
 */
export function wireCombobox(form, { suggest, atRest, onPick, sprite, words, countText }) {
  const input = form.querySelector("input[name=q]");
  const list = element("ul", {
    class: "suggestions",
    id: "suggestions",
    role: "listbox",
    "aria-label": words.suggestions,
    hidden: true,
  });
  const said = element("p", { class: "visually-hidden", role: "status" });
  let items = [];
  let active = -1;
  let asked = "";
  let pause = 0;
  let asking = 0;
  const released = watchPresses(list);

  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);
  form.append(list, said);

  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("focus", () => !input.value && show(atRest(), ""));
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  // The box keeps the focus, or the list would be gone before the click arrives.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) pick(items[Number(option.dataset.index)]);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(pause);
    if (asked !== input.value.trim()) await ask();
    // Where no answer came, the list is still that of older letters.
    const isAnswered = asked === input.value.trim();
    if (items.length && isAnswered) pick(items[Math.max(active, 0)]);
  });

  async function ask() {
    const text = input.value.trim();
    if (text.length < LEAST_LETTERS) return show(text ? [] : atRest(), "");
    const mine = ++asking;
    const found = await suggest(text);
    await released();
    // Another letter was typed meanwhile, or the list was closed: nobody waits for this answer.
    if (found && mine === asking && text === input.value.trim()) show(found, text);
  }

  function show(found, text) {
    items = found;
    asked = text;
    active = -1;
    const options = found.map((item, index) => optionOf(item, index, text, sprite, words));
    if (!options.length && text)
      options.push(
        element("li", { class: "suggestion-none", role: "presentation" }, words.nothingFound),
      );
    list.replaceChildren(...options);
    said.textContent = text ? countText(found.length) : "";
    open(options.length > 0);
    mark();
  }

  function open(on) {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on && items.length > 0));
  }

  function close() {
    clearTimeout(pause);
    asking += 1;
    open(false);
    active = -1;
    mark();
  }

  function mark() {
    for (const [index, option] of list.querySelectorAll("[role=option]").entries())
      option.setAttribute("aria-selected", String(index === active));
    const option = list.querySelector('[aria-selected="true"]');
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function pick(item) {
    clearTimeout(pause);
    close();
    if (!item.action) input.value = item.label;
    asked = input.value.trim();
    onPick(item);
  }

  function onKey(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden && items.length) open(true);
      active = nextIndex(event.key, active, items.length);
      mark();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      // A search box empties itself on the first Escape; here that one closes the list.
      event.preventDefault();
      if (list.hidden) input.value = "";
      close();
    }
  }

  return {
    focus() {
      input.focus();
      input.select();
    },
    setText: (text) => {
      input.value = text;
      asked = text;
    },
  };
}

function optionOf(item, index, text, sprite, words) {
  const where = [item.sort, item.where].filter(Boolean).join(" · ");
  return element(
    "li",
    {
      class: item.action ? "suggestion suggestion-action" : "suggestion",
      id: `suggestion-${index}`,
      role: "option",
      "aria-selected": "false",
      "data-index": String(index),
    },
    signOf(item, sprite),
    element(
      "span",
      { class: "suggestion-name" },
      ...(item.match ? partsBySpans(item.label, item.match) : markedParts(item.label, text)).map(
        (part) => (part.marked ? element("mark", {}, part.text) : part.text),
      ),
    ),
    where && element("span", { class: "suggestion-note" }, where),
    item.approximate && element("span", { class: "tag tag-quiet" }, words.approximate),
  );
}

function signOf({ icon, color, sign }, sprite) {
  if (sign)
    return svg(
      "svg",
      { class: "icon suggestion-sign", viewBox: "0 0 20 20", "aria-hidden": "true" },
      svg("use", { href: sign }),
    );
  return svg(
    "svg",
    { class: "suggestion-sign", viewBox: "-13 -13 26 26", "aria-hidden": "true" },
    ...disc(sprite, icon || "place", color || "#6f7071"),
  );
}

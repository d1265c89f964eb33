/** Switches of the map's layers, in the server's groups. */

import { formatCount } from "#js/core/format.js";
import { element } from "#js/ui/dom.js";

/** Draw the switches; `onSwitch(key, on)` hears every change. */
export function drawLayerSwitch(slot, groups, { lang, words, isOn, onSwitch }) {
  const hadFocus = slot.contains(document.activeElement) && document.activeElement.name;
  slot.replaceChildren(...groups.map((group) => fieldset(group, { lang, words, isOn })));
  slot.onchange = ({ target }) => onSwitch(target.name, target.checked);
  if (hadFocus) slot.querySelector(`[name="${CSS.escape(hadFocus)}"]`)?.focus();
}

function fieldset(group, options) {
  return element(
    "fieldset",
    { class: "layer-group" },
    element("legend", {}, group.title),
    ...group.layers.map((layer) => choice(layer, options)),
  );
}

function choice(layer, { lang, words, isOn }) {
  const count = formatCount(layer.count, lang, "");
  const badge = layer.badge === "synthetic" ? words.demo : words[layer.badge];
  return element(
    "label",
    { class: "layer-choice", title: layer.note || null },
    element("input", { type: "checkbox", name: layer.key, checked: isOn(layer) }),
    element(
      "span",
      { class: "layer-choice-title" },
      layer.title,
      badge && element("span", { class: "tag" }, badge),
    ),
    count && element("span", { class: "layer-choice-count" }, count),
  );
}

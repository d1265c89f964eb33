/** What a thing on the map says of itself before it is opened. */

import { formatCount, formatMinutes, formatShare } from "#js/core/format.js";
import { formatClock } from "#js/core/moments.js";
import { element } from "#js/ui/dom.js";

const MARKS = ["synthetic", "modelled", "approximate"];

/** A function from the properties of a feature to the words of its tooltip. */
export function createTips({ lang, words }) {
  function peopleTooFar({ uncovered }) {
    if (uncovered === undefined) return null;
    const count = formatCount(uncovered, lang, words.noData);
    return `${words.uncovered}: ${count} ${uncovered === null ? "" : words.people}`.trim();
  }

  function shareWithinReach({ share, median_minutes: minutes }) {
    if (typeof share !== "number") return null;
    const median = `${words.median} ${formatMinutes(minutes, words.min, words.noPath)}`;
    return `${words.covered}: ${formatShare(share, lang)}, ${median}`;
  }

  return (properties) => {
    const marks = MARKS.filter((mark) => properties[mark]);
    const facts = [
      [properties.at && formatClock(properties.at, lang), properties.subtitle]
        .filter(Boolean)
        .join(", "),
      peopleTooFar(properties),
      shareWithinReach(properties),
    ].filter(Boolean);
    return element(
      "span",
      {},
      element("span", { class: "tip-name" }, properties.name || properties.label),
      ...facts.map((fact) => element("span", { class: "tip-fact" }, fact)),
      marks.length > 0 &&
        element("span", { class: "tip-mark" }, marks.map((mark) => words[mark]).join(" · ")),
    );
  };
}

/** What a scenario changes, in words and figures: the headline, ages, territories. */

import { formatCount, formatMinutes } from "#js/core/format.js";
import { fillIn } from "#js/core/sentences.js";
import { element } from "#js/ui/dom.js";

const DISTRICTS_SHOWN = 12;

/** Returns {show(answer, isChanged), setBusy(busy)} over the slots of `root`. */
export function createEffectPanel(root, { lang, words }) {
  const slot = (name) => root.querySelector(`[data-slot="${name}"]`);
  const hint = slot("effect-lead").textContent;
  const count = (value) => formatCount(value, lang, words.noData);
  // One institution moves a city by tenths of a per cent.
  const tenths = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  const share = (value) => (value === null ? words.noData : tenths.format(value));
  const signed = (value) => (value > 0 ? `+${count(value)}` : count(value));

  function headline({ gained, lost }) {
    const said = { gained: count(gained), lost: count(lost) };
    const [wins, loses] = [Math.round(gained) > 0, Math.round(lost) > 0];
    if (wins && loses) return fillIn(words.both, said);
    if (wins) return fillIn(words.gain, said);
    return loses ? fillIn(words.loss, said) : words.noOne;
  }

  function figures({ covered, uncovered, median_minutes: median, before }) {
    const minutes = (value) => formatMinutes(value, words.min, words.noPath);
    return table(
      ["", words.today, words.then, words.difference],
      [
        [
          words.figureCovered,
          count(before.covered),
          count(covered),
          signed(covered - before.covered),
        ],
        [
          words.figureUncovered,
          count(before.uncovered),
          count(uncovered),
          signed(uncovered - before.uncovered),
        ],
        [words.figureMedian, minutes(before.median_minutes), minutes(median), ""],
      ],
    );
  }

  /** Who gains and who loses, the most changed first; nothing where nothing changes. */
  function changed(title, rows, name) {
    const moved = rows
      .filter(({ gained, lost }) => Math.round(gained) || Math.round(lost))
      .sort((one, other) => other.gained + other.lost - one.gained - one.lost)
      .slice(0, DISTRICTS_SHOWN);
    if (!moved.length) return null;
    return element(
      "section",
      { class: "block" },
      element("h2", { class: "block-title" }, title),
      table(
        ["", words.gained, words.lostPeople],
        moved.map((row) => [
          row[name],
          row.gained ? signed(row.gained) : "",
          row.lost ? signed(-row.lost) : "",
        ]),
      ),
    );
  }

  return {
    setBusy: (busy) => slot("effect").setAttribute("aria-busy", String(busy)),

    show(answer, isChanged) {
      slot("effect-headline").textContent = isChanged ? headline(answer) : words.nothingChanged;
      slot("effect-lead").textContent = isChanged
        ? fillIn(words.instead, {
            after: share(answer.share),
            before: share(answer.before.share),
          })
        : hint;
      const parts = [
        ...(answer.notes ?? []).map((note) => element("p", { class: "answer-completeness" }, note)),
        figures(answer),
        changed(words.groups, answer.by_group ?? [], "label"),
        changed(words.districts, answer.by_district ?? [], "name"),
      ];
      slot("effect").replaceChildren(...parts.filter(Boolean));
    },
  };
}

function table(heads, rows) {
  const cell = (text, index) =>
    index === 0
      ? element("th", { scope: "row" }, text)
      : element("td", { class: "number" }, text || null);
  return element(
    "div",
    { class: "table-frame" },
    element(
      "table",
      { class: "table" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...heads.map((text, index) =>
            element(
              index ? "th" : "td",
              { class: index ? "number" : null, scope: index ? "col" : null },
              text,
            ),
          ),
        ),
      ),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell)))),
    ),
  );
}

/** What a scenario changes, in words and figures: people, ages, territories, norms, seats. */

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

  function figures({ covered, uncovered, median_minutes: median, institutions, seats, before }) {
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
        [words.figureInstitutions, count(before.institutions), count(institutions), ""],
        [words.figureSeats, count(before.seats), count(seats), ""],
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

  /** Norms of the kind: what each requires, what there is and what is missing. */
  function norms(blocks) {
    return element(
      "section",
      { class: "block" },
      element("h2", { class: "block-title" }, words.norms),
      ...(blocks.length
        ? blocks.map(normOf)
        : [element("p", { class: "planner-note" }, words.noNorms)]),
    );
  }

  /** One norm: its name and what is missing, the rest unfolds; the first one is unfolded. */
  function normOf({ title, rule, act, url, mark, missing, rows, districts }, index) {
    const clause = url ? element("a", { href: url, rel: "noopener" }, act) : act;
    const said = missing && [...new Set(missing)].join(" → ");
    return unfolding(
      `norm-${index}`,
      [
        element("span", { class: "norm-title" }, title),
        element("span", { class: "norm-asks" }, rule),
        mark && element("span", { class: "norm-mark" }, mark),
        said && element("span", { class: "norm-missing" }, `${words.missing} ${said}`),
      ],
      [
        element("p", { class: "norm-rule" }, clause),
        comparison(rows),
        districts.length &&
          unfolding(`norm-${index}-districts`, [words.normDistricts], [comparison(districts)]),
      ],
      index === 0,
    );
  }

  /** Seats within reach and how evenly they are shared. */
  function access({ note, rows, districts }) {
    return element(
      "section",
      { class: "block" },
      element("h2", { class: "block-title" }, words.access),
      element("p", { class: "planner-note" }, note),
      comparison(rows),
      unfolding("access", [words.accessDistricts], [comparison(districts)]),
    );
  }

  function comparison(rows) {
    return table(
      ["", words.today, words.then],
      rows.map(({ label, cells }) => [label, ...cells.map(withDelta)]),
    );
  }

  /** Blocks that were unfolded or folded by hand stay so while a pin is dragged. */
  function unfolding(key, title, content, isOpen = false) {
    const before = slot("effect-more").querySelector(`[data-unfolds="${key}"]`);
    return element(
      "details",
      { class: "unfolding", "data-unfolds": key, open: before ? before.open : isOpen },
      element("summary", {}, ...title.filter(Boolean)),
      ...content.filter(Boolean),
    );
  }

  return {
    setBusy(busy) {
      for (const name of ["effect", "effect-more"])
        slot(name).setAttribute("aria-busy", String(busy));
    },

    show(answer, isChanged) {
      slot("effect-headline").textContent = isChanged ? headline(answer) : words.nothingChanged;
      slot("effect-lead").textContent = isChanged
        ? fillIn(words.instead, {
            after: share(answer.share),
            before: share(answer.before.share),
          })
        : hint;
      const notes = answer.notes ?? [];
      slot("effect").replaceChildren(
        ...notes.map((note) => element("p", { class: "answer-completeness" }, note)),
        figures(answer),
      );
      const more = [
        changed(words.groups, answer.by_group ?? [], "label"),
        changed(words.districts, answer.by_district ?? [], "name"),
        norms(answer.norms),
        access(answer.access),
      ];
      slot("effect-more").replaceChildren(...more.filter(Boolean));
    },
  };
}

/** A figure of a scenario with its difference from today beneath. */
function withDelta({ text, delta_text: delta, better }) {
  const turn = { true: "delta-better", false: "delta-worse" }[better] ?? "";
  return [text, delta && element("span", { class: `delta ${turn}`.trim() }, delta)];
}

function table(heads, rows) {
  const cell = (said, index) =>
    index === 0
      ? element("th", { scope: "row" }, said)
      : element("td", { class: "number" }, ...[said].flat());
  return element(
    "div",
    // A narrow window scrolls it sideways: the keyboard must be able to as well.
    {
      class: "table-frame",
      tabindex: "0",
      role: "region",
      "aria-label": heads.filter(Boolean).join(", "),
    },
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

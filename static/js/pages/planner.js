/** The planner's page: a question, its answer beside the map, and what would change it. */

import { getFragment } from "#js/api.js";
import { parseChanges } from "#js/core/changes.js";
import { parseBounds } from "#js/core/geometry.js";
import { familyOf } from "#js/core/places.js";
import { parseState, withView } from "#js/core/urlstate.js";
import { createLateMap } from "#js/map/late.js";
import { createSelection } from "#js/map/selection.js";
import { createAsking } from "#js/ui/asking.js";
import { wireContrast, wireMenus } from "#js/ui/contrast.js";
import { createLayerBoard } from "#js/ui/layerboard.js";
import { createAttempts, tilesMissing } from "#js/ui/notices.js";
import { wirePhrases } from "#js/ui/phrases.js";
import { wireResult } from "#js/ui/result.js";
import { markRows, wirePicks } from "#js/ui/rows.js";
import { wireScenarios } from "#js/ui/scenarios.js";
import { wireSheet } from "#js/ui/sheet.js";
import { createTips } from "#js/ui/tips.js";
import { createWhatIf } from "#js/ui/whatif.js";

const PHONE = matchMedia("(max-width: 760px)");
const WIDE_PX = 800;
/** What a question holds when it is weighed by scenarios; the rest of the form is the page's. */
const WALK_FIELDS = ["kind", "group", "method", "norm_set", "open_at"];
const WALK_NUMBERS = ["minutes", "speed_kmh", "max_snap_m"];

const lang = document.documentElement.lang;
const words = {
  ...document.getElementById("words").dataset,
  ...document.getElementById("planner-words").dataset,
};
const frame = document.getElementById("map");
const page = frame.dataset;
const planner = document.getElementById("planner");
const panel = document.getElementById("panel");
const form = planner.querySelector(".planner-question");
const legend = document.getElementById("legend");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const isWhatIf = planner.dataset.tab === "whatif";

legend.open = frame.offsetWidth > WIDE_PX;

let state = parseState(location.search);

const attempt = createAttempts(document.querySelector(".map-message"), words);
const selection = createSelection();
const sheet = wireSheet(document.body, panel, panel.querySelector(".sheet-handle"));
const map = createLateMap(frame, {
  onTrouble: (error) =>
    attempt(
      "map",
      () => Promise.reject(error),
      () => location.reload(),
      words.mapFailed,
    ),
  bounds: parseBounds(page.bounds),
  at: state.at,
  words,
  base: page,
  padding: coveredPart,
  onMove: (at) => keepView({ at }),
});
const board = createLayerBoard({
  map,
  lang,
  words,
  // Where people are too far today is where one looks for a place.
  shown: () => state.layers ?? (isWhatIf ? layersOfWhatIf() : null),
  onSwitch: (layers) => {
    keepView({ layers });
    attempt("drawing", board.show, board.show, words.mapFailed);
  },
  addressOf: (layer) => layer.url,
  // Pins take the institutions' place where they are moved by hand.
  hides: isWhatIf ? ["institutions", "coverage-points"] : [],
  own: isWhatIf ? [effectLayer()] : [],
  options: {
    sprite: page.sprite,
    tip: createTips({ lang, words }),
    onPick: isWhatIf ? null : choose,
    onHover: selection.hover,
    onTrouble: () => attempt("drawing", tilesMissing, board.show, words.mapFailed),
    current: selection.current,
  },
});

selection.listen((what, sel, current) => {
  markRows(panel, what === "hovered" ? "is-hovered" : "is-selected", sel);
  map.mark(current);
});
wirePicks(panel, { onPick: choose, onHover: selection.hover });
wireContrast(document.querySelector("[data-contrast]"), () => {
  fitAgain();
  map.repaint();
});
wireMenus(document);
addEventListener("resize", fitAgain);
panel.addEventListener("transitionend", ({ target }) => target === panel && fitAgain());
matchMedia("print").addEventListener("change", fitAgain);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", map.repaint);
document
  .querySelector(".tabs-tab[aria-current]")
  ?.scrollIntoView({ inline: "center", block: "nearest" });

const showAgain = isWhatIf ? openScenario() : openQuestion();
addEventListener("popstate", showAgain);

/** A question of the queue: ask, follow, show; returns what back and forward do. */
function openQuestion() {
  const result = wireResult(planner.querySelector('[data-slot="result"]'), { onTable: showTable });
  const progress = planner.querySelector('[data-slot="progress"]');
  const asking = createAsking(progress, {
    url: planner.dataset.askUrl,
    token,
    words,
    onStart() {
      showProblem(null);
      result.setBusy(true);
    },
    async onAnswer(run, address) {
      state = { ...state, sel: null };
      // The answer takes the place of the wait for it: going back leads to what was before both.
      const turn = new URLSearchParams(location.search).has("job") ? "replaceState" : "pushState";
      history[turn](null, "", withView(address ?? addressOfRun(run), state));
      await showTable(resultAddress(run));
      result.focus();
      sheet.atLeast("half");
    },
    onStop(problem) {
      result.setBusy(false);
      showProblem(problem);
    },
  });

  wirePhrases(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    asking.ask(form);
  });
  async function showTable(address) {
    await attempt(
      "result",
      async () => {
        result.show(await getFragment(address, "result"));
        loadLayers();
      },
      () => showTable(address),
    );
    result.setBusy(false);
  }

  function loadLayers() {
    const address = result.current()?.layers || page.manifest;
    attempt.forget("drawing");
    attempt(
      "layers",
      async () => {
        await board.load(address);
        if (state.sel) choose(state.sel);
      },
      loadLayers,
      words.mapFailed,
    );
  }

  const resultAddress = (run) => planner.dataset.resultUrl.replace(/\/0\/$/, `/${run}/`);

  loadLayers();
  const { job, cancel } = progress.dataset;
  if (job) asking.follow({ url: job, cancel_url: cancel });
  // The page of another address is the server's to draw.
  return () => location.reload();
}

/** Scenarios: everything happens on this page, and its address holds every change. */
function openScenario() {
  const kinds = readJson("kinds") ?? [];
  const family = familyOf(kinds, form.elements.kind.value);
  const looks = new Map(kinds.map(({ code, icon, color }) => [code, { icon, color }]));
  const institutions = (readJson("institutions") ?? [])
    .filter(({ kind }) => family.has(kind))
    .map((institution) => ({ ...institution, ...looks.get(institution.kind) }));
  const given = new URLSearchParams(location.search).get("changes");
  const whatIf = createWhatIf(planner, {
    map,
    url: planner.dataset.whatifUrl,
    token,
    question,
    institutions,
    look: looks.get(form.elements.kind.value),
    words,
    lang,
    sprite: page.sprite,
    selection,
    changes: given === null ? (readJson("scenario-changes") ?? []) : parseChanges(given),
    onChange: (text) => history.pushState(null, "", withChanges(location.href, text)),
    onShare: () => copyLink(),
    onProblem: showProblem,
  });
  wireScenarios(planner, {
    url: planner.dataset.saveUrl,
    token,
    words,
    scenario: () => ({ question: question(), changes: whatIf.changes() }),
  });
  form.addEventListener("change", ({ target }) => {
    const url = new URL(location.href);
    for (const [name, value] of new FormData(form)) url.searchParams.set(name, value);
    // Institutions of another kind know nothing of changes to these.
    if (target.name === "kind") url.searchParams.delete("changes");
    location.assign(url);
  });
  attempt(
    "layers",
    () => board.load(page.manifest),
    () => location.reload(),
    words.mapFailed,
  );
  return () => {
    state = parseState(location.search);
    whatIf.restore(parseChanges(new URLSearchParams(location.search).get("changes")));
  };
}

function question() {
  const given = new FormData(form);
  const asked = {};
  for (const name of WALK_FIELDS) if (given.get(name)) asked[name] = given.get(name);
  if (asked.open_at === "other")
    asked.open_at = `${given.get("open_day")}-${given.get("open_time")}`;
  for (const name of WALK_NUMBERS) if (given.get(name)) asked[name] = Number(given.get(name));
  return asked;
}

function withChanges(address, text) {
  const url = new URL(address);
  // Without the word, the address would bring a saved scenario's own changes back.
  if (text || url.searchParams.has("scenario")) url.searchParams.set("changes", text);
  else url.searchParams.delete("changes");
  return withView(url.pathname + url.search, state);
}

async function copyLink() {
  const note = planner.querySelector('[data-slot="saved"]');
  try {
    await navigator.clipboard.writeText(location.href);
    note.textContent = words.copied;
  } catch {
    // Without a secure connection there is no clipboard: show what is to be copied.
    prompt(words.copied, location.href);
  }
}

/** A row or a shape was chosen: both light up, and the map shows the place. */
function choose(sel) {
  selection.select(sel);
  keepView({ sel });
  map.reveal(sel);
}

function keepView(part) {
  state = { ...state, ...part };
  history.replaceState(null, "", withView(location.pathname + location.search, state));
  for (const link of document.querySelectorAll("[data-language]")) {
    const url = new URL(link.href);
    url.search = location.search;
    link.href = url.href;
  }
}

function addressOfRun(run) {
  const url = new URL(location.href);
  url.searchParams.delete("job");
  url.searchParams.set("run", run);
  return url.pathname + url.search;
}

function showProblem(problem) {
  const box = planner.querySelector('[data-slot="problem"]');
  box.hidden = !problem;
  box.textContent = problem ? [problem.title, problem.message].filter(Boolean).join(". ") : "";
}

function readJson(id) {
  const node = document.getElementById(id);
  return node && JSON.parse(node.textContent);
}

/** The layer of today counts institutions at any time, so it says nothing of a moment. */
function layersOfWhatIf() {
  return form.elements.open_at?.value ? [] : ["uncovered"];
}

function effectLayer() {
  const entry = (label, color) => ({ label, color, shape: "dot" });
  return {
    key: "effect",
    legend: {
      title: words.legendTitle,
      entries: [entry(words.legendGained, "var(--gained)"), entry(words.legendLost, "var(--lost)")],
    },
  };
}

function fitAgain() {
  map.resize();
  if (!state.at) map.goTo(null);
}

/** How much of the map lies under the phone's sheet, or under the legend of a wide window. */
function coveredPart() {
  if (PHONE.matches) {
    const bottom = sheet.stop() === "full" ? 0 : panel.offsetHeight;
    return { left: 0, right: 0, top: 40, bottom };
  }
  const right = legend.open && frame.offsetWidth > WIDE_PX ? legend.offsetWidth : 0;
  return { left: 0, right, top: 0, bottom: 0 };
}

/** The map page: reads what the server said, wires the panel, the map and the address together. */

import { cancelled, getFragment } from "#js/api.js";
import { parseBounds } from "#js/core/geometry.js";
import { formatState, parseState, withQuestion } from "#js/core/urlstate.js";
import { createLateMap } from "#js/map/late.js";
import { createSelection, keyOf } from "#js/map/selection.js";
import { wireContrast, wireMenus } from "#js/ui/contrast.js";
import { createLayerBoard } from "#js/ui/layerboard.js";
import { createAttempts, tilesMissing } from "#js/ui/notices.js";
import { wireOfflineBanner } from "#js/ui/offline.js";
import { wirePanel } from "#js/ui/panel.js";
import { markRows } from "#js/ui/rows.js";
import { wireSheet } from "#js/ui/sheet.js";
import { createTips } from "#js/ui/tips.js";

const PHONE = matchMedia("(max-width: 760px)");
const WIDE_PX = 800;

const lang = document.documentElement.lang;
const words = document.getElementById("words").dataset;
const frame = document.getElementById("map");
const page = frame.dataset;
const legend = document.getElementById("legend");
const panelNode = document.getElementById("panel");
const attempt = createAttempts(document.querySelector(".map-message"), words);

// In a narrow window an open legend would hide the city.
legend.open = frame.offsetWidth > WIDE_PX;

let state = parseState(location.search);

const selection = createSelection();
const sheet = wireSheet(document.body, panelNode, panelNode.querySelector(".sheet-handle"));
const panel = wirePanel(panelNode, {
  onAsk: (question) => change({ ...question }),
  onPick: (sel) => change({ sel }),
  onHover: selection.hover,
  onBack: () => change({ sel: null }),
});
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
  onMove: (at) => {
    state = { ...state, at };
    history.replaceState(null, "", addressOf(state));
    keepQueryInLinks();
  },
});
const board = createLayerBoard({
  map,
  lang,
  words,
  shown: () => state.layers,
  onSwitch: (layers) => change({ layers }),
  addressOf: (layer) => withQuestion(layer.url, state),
  options: {
    sprite: page.sprite,
    tip: createTips({ lang, words }),
    onPick: (sel) => change({ sel }),
    onHover: selection.hover,
    onTrouble: () => attempt("drawing", tilesMissing, loadLayers, words.mapFailed),
    current: selection.current,
  },
});

selection.listen((what, sel, current) => {
  markRows(panelNode, what === "hovered" ? "is-hovered" : "is-selected", sel);
  map.mark(current);
});
map.onBackgroundClick(() => state.sel && change({ sel: null }));
addEventListener("popstate", restore);
addEventListener("resize", fitAgain);
addEventListener("beforeprint", () => {
  legend.open = true;
});
matchMedia("print").addEventListener("change", fitAgain);
// The sheet came to rest at another stop.
panelNode.addEventListener("transitionend", ({ target }) => target === panelNode && fitAgain());
document.addEventListener("keydown", onKey);
wireContrast(document.querySelector("[data-contrast]"), () => {
  fitAgain();
  map.repaint();
});
wireMenus(document);
wireOfflineBanner(document.querySelector("[data-connection]"), lang);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", map.repaint);
keepQueryInLinks();
loadLayers();
if (withQuestion("", shownState()) !== withQuestion("", state)) {
  // A saved page of another question: its figures are not what the address asks for.
  panel.showList("");
  loadPanel();
}
if (state.sel) openCard({ focus: false });

/** The state that the page came with: a page saved on the device may have come with another. */
function shownState() {
  const { savedFor } = document.documentElement.dataset;
  return savedFor ? parseState(new URL(savedFor, location.href).search) : state;
}

/** The map got another size; a reader who has not moved it still sees the whole city. */
function fitAgain() {
  map.resize();
  if (!state.at) map.goTo(null);
}

/** A choice of the reader: a new address, and whatever depends on what changed. */
function change(part) {
  const before = state;
  state = { ...state, ...part };
  if (formatState(before) === formatState(state)) return;
  history.pushState(null, "", addressOf(state));
  show(before);
}

/** Back, forward: the address leads, the screen follows. */
function restore() {
  const before = state;
  state = parseState(location.search);
  map.goTo(state.at);
  show(before);
}

function show(before) {
  keepQueryInLinks();
  const asked = withQuestion("", before) !== withQuestion("", state);
  if (asked) loadPanel();
  if (asked) loadLayers();
  else if (String(before.layers) !== String(state.layers))
    attempt("drawing", board.show, loadLayers, words.mapFailed);
  if (keyOf(before.sel) !== keyOf(state.sel) || (asked && state.sel)) {
    if (state.sel) openCard({ focus: true });
    else closeCard(before.sel);
  }
}

async function loadPanel() {
  panel.setBusy(true);
  const ended = await attempt(
    "panel",
    async () => {
      const question = withQuestion("", state);
      const html = await getFragment(withQuestion(page.panel, state), "panel");
      await panel.released();
      // What was pressed meanwhile may have asked for something else, whose answer is to come.
      if (withQuestion("", state) !== question) throw cancelled();
      panel.showList(html);
      markRows(panelNode, "is-selected", state.sel);
    },
    loadPanel,
  );
  if (ended) panel.setBusy(false);
}

async function openCard({ focus }) {
  const sel = state.sel;
  selection.select(sel);
  sheet.atLeast("half");
  await attempt(
    "card",
    async () => {
      const url = `${page.page}card/${sel.type}/${sel.id}/`;
      const position = panel.showCard(await getFragment(withQuestion(url, state), "card"), {
        focus,
      });
      map.reveal(sel, position);
    },
    () => openCard({ focus }),
  );
}

function closeCard(sel) {
  attempt.forget("card");
  selection.select(null);
  panel.closeCard(sel);
}

async function loadLayers() {
  attempt.forget("drawing");
  const url = withQuestion(page.manifest, state);
  await attempt("layers", () => board.load(url), loadLayers, words.mapFailed);
}

function onKey(event) {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape" && state.sel) change({ sel: null });
  if (event.key === "/" && !typing) {
    event.preventDefault();
    change({ sel: null });
    panel.focusQuestion();
  }
}

function addressOf(now) {
  const query = formatState(now);
  return query ? `?${query}` : location.pathname;
}

/** The other language and the other pages open on the same question. */
function keepQueryInLinks() {
  for (const link of document.querySelectorAll("[data-language]")) {
    const url = new URL(link.href);
    url.search = formatState(state);
    link.href = url.href;
  }
}

/** How much of the map lies under the phone's sheet, or under the legend of a wide window. */
function coveredPart() {
  if (PHONE.matches) {
    const bottom = sheet.stop() === "full" ? 0 : panelNode.offsetHeight;
    return { left: 0, right: 0, top: 40, bottom };
  }
  const right = legend.open && frame.offsetWidth > WIDE_PX ? legend.offsetWidth : 0;
  return { left: 0, right, top: 0, bottom: 0 };
}

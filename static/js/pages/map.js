/** The map page: reads what the server said, wires the panel, the map and the address together. */

import { getFragment, getJson, isCancelled } from "#js/api.js";
import { formatCount, formatMinutes, formatShare } from "#js/core/format.js";
import { parseBounds } from "#js/core/geometry.js";
import { formatState, parseState, withQuestion } from "#js/core/urlstate.js";
import { createAtlasMap } from "#js/map/map.js";
import { createSelection, keyOf } from "#js/map/selection.js";
import { wireContrast, wireMenus } from "#js/ui/contrast.js";
import { element } from "#js/ui/dom.js";
import { drawLayerSwitch } from "#js/ui/layerswitch.js";
import { drawLegend } from "#js/ui/legend.js";
import { markRows, wirePanel } from "#js/ui/panel.js";
import { wireSheet } from "#js/ui/sheet.js";

const PHONE = matchMedia("(max-width: 760px)");
const WIDE_PX = 800;

const lang = document.documentElement.lang;
const words = document.getElementById("words").dataset;
const frame = document.getElementById("map");
const page = frame.dataset;
const legend = document.getElementById("legend");
const panelNode = document.getElementById("panel");
const message = document.querySelector(".map-message");

// In a narrow window an open legend would hide the city.
legend.open = frame.offsetWidth > WIDE_PX;

let state = parseState(location.search);
let manifest = null;

const selection = createSelection();
const sheet = wireSheet(document.body, panelNode, panelNode.querySelector(".sheet-handle"));
const panel = wirePanel(panelNode, {
  onAsk: (question) => change({ ...question }),
  onPick: (sel) => change({ sel }),
  onHover: selection.hover,
  onBack: () => change({ sel: null }),
});
const map = createAtlasMap(frame, {
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
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", map.repaint);
keepQueryInLinks();
loadLayers();
if (state.sel) openCard({ focus: false });

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
  if (asked || String(before.layers) !== String(state.layers)) loadLayers();
  if (keyOf(before.sel) !== keyOf(state.sel) || (asked && state.sel)) {
    if (state.sel) openCard({ focus: true });
    else closeCard(before.sel);
  }
}

async function loadPanel() {
  panel.setBusy(true);
  await attempt(async () => {
    panel.showList(await getFragment(withQuestion(page.panel, state), "panel"));
    markRows(panelNode, "is-selected", state.sel);
  }, loadPanel);
  panel.setBusy(false);
}

async function openCard({ focus }) {
  const sel = state.sel;
  selection.select(sel);
  sheet.atLeast("half");
  await attempt(
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
  selection.select(null);
  panel.closeCard(sel);
}

async function loadLayers() {
  await attempt(
    async () => {
      manifest = await getJson(withQuestion(page.manifest, state), "manifest");
      drawControls();
      await Promise.all(
        allLayers()
          .map(isOn)
          .map((on, i) => drawLayer(allLayers()[i], on)),
      );
    },
    loadLayers,
    words.mapFailed,
  );
}

function drawControls() {
  drawLayerSwitch(document.querySelector('[data-slot="layers"]'), manifest.groups, {
    lang,
    words,
    isOn,
    onSwitch: switchLayer,
  });
  drawLegend(document.querySelector('[data-slot="legend"]'), allLayers().filter(isOn), {
    sprite: page.sprite,
    words,
  });
}

async function drawLayer(layer, on) {
  if (!on) return map.remove(layer.key);
  const features = await getJson(withQuestion(layer.url, state), `layer ${layer.key}`);
  if (!isOn(layer)) return;
  map.draw(layer.key, {
    kind: layer.kind,
    features,
    sprite: page.sprite,
    tip: describe,
    countTip: (count) => `${formatCount(count, lang)} · ${words.places}`,
    onPick: (sel) => change({ sel }),
    onHover: selection.hover,
    current: selection.current,
  });
}

function switchLayer(key, on) {
  const keys = allLayers()
    .filter(isOn)
    .map((layer) => layer.key);
  change({ layers: on ? [...keys, key] : keys.filter((one) => one !== key) });
}

function allLayers() {
  return manifest?.groups.flatMap((group) => group.layers) ?? [];
}

function isOn(layer) {
  return state.layers ? state.layers.includes(layer.key) : layer.active;
}

/** What a thing on the map says of itself before it is opened. */
function describe(properties) {
  const marks = ["synthetic", "modelled", "approximate"].filter((mark) => properties[mark]);
  const facts = [
    properties.subtitle,
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
}

function peopleTooFar({ uncovered }) {
  if (uncovered === undefined) return null;
  const count = formatCount(uncovered, lang, words.noData);
  return `${words.uncovered}: ${count} ${uncovered === null ? "" : words.people}`.trim();
}

function shareWithinReach({ share, median_minutes: minutes }) {
  if (typeof share !== "number") return null;
  const median = `${words.median} ${formatMinutes(minutes, lang, words.noPath)}`;
  return `${words.covered}: ${formatShare(share, lang)}, ${median}`;
}

/** Do it; when it fails, say so humanly, keep what is on the screen, and offer to try again. */
async function attempt(action, again, text) {
  try {
    await action();
    message.hidden = true;
  } catch (error) {
    if (isCancelled(error)) return;
    console.warn(error);
    const refused = error.status >= 400 && error.status < 500;
    showMessage(text ?? (refused ? words.refused : words.offline), again);
  }
}

function showMessage(text, again) {
  const button = element("button", { type: "button", class: "button" }, words.retry);
  button.addEventListener("click", again);
  message.replaceChildren(element("span", {}, text), element("br"), button);
  message.hidden = false;
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

/** The embedded map: what the address asks for, nothing to fill in; a place opens in the atlas. */

import { parseBounds } from "#js/core/geometry.js";
import { parseState, withQuestion } from "#js/core/urlstate.js";
import { createLateMap } from "#js/map/late.js";
import { createSelection } from "#js/map/selection.js";
import { createLayerBoard } from "#js/ui/layerboard.js";
import { createAttempts, tilesMissing } from "#js/ui/notices.js";
import { createTips } from "#js/ui/tips.js";

/** In a smaller frame an open legend would hide the city. */
const ROOMY_PX = { width: 700, height: 560 };
const NO_PADDING = { left: 0, right: 0, top: 0, bottom: 0 };

const lang = document.documentElement.lang;
const words = document.getElementById("words").dataset;
const frame = document.getElementById("map");
const page = frame.dataset;
const legend = document.getElementById("legend");
const attempt = createAttempts(document.querySelector(".map-message"), words);
let state = parseState(location.search);

legend.open = frame.offsetWidth > ROOMY_PX.width && frame.offsetHeight > ROOMY_PX.height;

const selection = createSelection();
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
  padding: () => NO_PADDING,
  onMove: (at) => {
    state = { ...state, at };
  },
});
const board = createLayerBoard({
  map,
  lang,
  words,
  shown: () => state.layers,
  onSwitch: (layers) => {
    state = { ...state, layers };
    show();
  },
  addressOf: (layer) => withQuestion(layer.url, state),
  options: {
    sprite: page.sprite,
    tip: createTips({ lang, words }),
    onPick: openInAtlas,
    onHover: selection.hover,
    onTrouble: () => attempt("drawing", tilesMissing, load, words.mapFailed),
    current: selection.current,
  },
});

selection.listen((_what, _sel, current) => map.mark(current));
if (state.sel) selection.select(state.sel);
addEventListener("resize", () => {
  map.resize();
  if (!state.at) map.goTo(null);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", map.repaint);
load();

function load() {
  attempt.forget("drawing");
  const url = withQuestion(page.manifest, state);
  attempt("layers", () => board.load(url), load, words.mapFailed);
}

function show() {
  attempt("drawing", board.show, load, words.mapFailed);
}

function openInAtlas({ type, id }) {
  open(`${page.page}card/${type}/${id}/`, "_blank", "noopener");
}

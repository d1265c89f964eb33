/** The legend as the server computed it: this file only draws swatches beside its words. */

import { disc, element, svg } from "#js/ui/dom.js";

/** A longer list than this starts folded, so that the map stays visible. */
const LONG_LEGEND = 7;

/** Replace the legend by that of `layers`, the ones switched on. */
export function drawLegend(slot, layers, { sprite, words }) {
  const parts = layers.filter((layer) => layer.legend?.entries?.length);
  slot.replaceChildren(...parts.map((layer) => legendOf(layer, sprite, words)));
  if (!parts.length) slot.append(element("p", { class: "legend-note" }, words.nothing));
}

function legendOf(layer, sprite, words) {
  return layer.legend.entries.length > 1
    ? foldableLegend(layer, sprite, words)
    : element("div", { class: "legend-layer" }, entriesOf(layer, sprite));
}

function foldableLegend(layer, sprite, words) {
  const { legend, badge, title } = layer;
  const mark = badge && words[badge];
  return element(
    "details",
    { class: "legend-layer", open: legend.entries.length <= LONG_LEGEND },
    element("summary", { class: "legend-title" }, legend.title || title),
    legend.note && element("p", { class: "legend-note" }, legend.note),
    entriesOf(layer, sprite),
    mark && element("span", { class: "tag legend-badge" }, mark),
    legend.sources?.length &&
      element(
        "p",
        { class: "legend-sources" },
        `${words.sources}: ${legend.sources.map((source) => source.title).join("; ")}`,
      ),
  );
}

function entriesOf({ legend }, sprite) {
  const lines = legend.entries.map((entry) =>
    element("li", {}, swatch(entry, sprite), element("span", {}, entry.label)),
  );
  return element("ul", { class: "legend-entries" }, ...lines);
}

function swatch(entry, sprite) {
  return svg(
    "svg",
    { class: "legend-swatch", viewBox: "-13 -9 26 18", "aria-hidden": "true" },
    ...SHAPES[entry.unknown ? "hatch" : entry.shape](entry, sprite),
  );
}

const box = (attributes) =>
  svg("rect", { x: -12, y: -8, width: 24, height: 16, rx: 3, ...attributes });

const SHAPES = {
  fill: ({ color }) => [box({ fill: color, stroke: "#0003" })],
  hatch: () => [box({ fill: "url(#hatch)", stroke: "#0003" })],
  line: ({ color }) => [svg("path", { d: "M-12 0H12", stroke: color, "stroke-width": 3 })],
  dot: ({ color }) => [svg("circle", { r: 6, fill: color, stroke: "#fff", "stroke-width": 1.5 })],
  icon: ({ color, icon }, sprite) => disc(sprite, icon, color, { radius: 9 }),
};

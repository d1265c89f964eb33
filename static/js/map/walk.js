/** The way on foot to the chosen place, with its minutes beside the middle of it. */

import { element } from "#js/ui/dom.js";

const { L } = globalThis;

export function createWalk(_map, { geometry, label }) {
  const path = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
  const line = (className) =>
    L.polyline(path, { className, pane: "effect", interactive: false, smoothFactor: 1.5 });
  const words = L.marker(path[Math.floor(path.length / 2)], {
    interactive: false,
    keyboard: false,
    zIndexOffset: 3000,
    icon: L.divIcon({
      className: "walk-label",
      iconSize: [0, 0],
      html: element("span", { class: "walk-label-text" }, label),
    }),
  });
  return {
    layer: L.layerGroup([line("walk-casing"), line("walk-line"), words]),
    redraw() {},
    mark() {},
    boundsOf: (sel) => (sel?.type === "walk" ? L.latLngBounds(path) : null),
  };
}

/** Homes that a scenario brings within reach, or takes out of it: dots as large as their people. */

const { L } = globalThis;
/** One canvas for each map: a renderer stays on its map when its dots are gone. */
const renderers = new WeakMap();
const RADIUS_PX = { least: 2.5, most: 11, per_root_person: 0.35 };

export function createEffect(map, { points }) {
  // A pane over the territories and under the pins; canvas, for there may be thousands.
  if (!renderers.has(map)) renderers.set(map, L.canvas({ pane: "effect" }));
  const renderer = renderers.get(map);
  const ink = getComputedStyle(document.documentElement);
  const colors = {
    gained: ink.getPropertyValue("--gained").trim(),
    lost: ink.getPropertyValue("--lost").trim(),
  };
  const dots = points.map(({ lat, lon, people, state }) =>
    L.circleMarker([lat, lon], {
      renderer,
      pane: "effect",
      interactive: false,
      radius: radiusOf(people),
      stroke: false,
      fillColor: colors[state],
      fillOpacity: 0.75,
    }),
  );
  return {
    layer: L.layerGroup(dots),
    redraw() {},
    mark() {},
    boundsOf: () => null,
  };
}

function radiusOf(people) {
  const { least, most, per_root_person: growth } = RADIUS_PX;
  return Math.min(most, least + growth * Math.sqrt(people ?? 0));
}

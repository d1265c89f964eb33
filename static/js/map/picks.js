/** Places chosen by a computation: numbered in the order of their worth, with what each adds. */

import { keyOf } from "#js/map/selection.js";
import { element, svg } from "#js/ui/dom.js";

const { L } = globalThis;
const SIZE_PX = 30;
/** From this zoom what a place adds stands beside it. */
const WORDS_ZOOM = 11.5;

export function createPicks(map, { features, tip, onPick, onHover }) {
  const shown = L.layerGroup();
  const markers = new Map();
  for (const feature of features.features) {
    const { properties, geometry } = feature;
    const sel = { type: properties.type, id: String(properties.id) };
    const marker = pickMarker(properties, geometry)
      .bindTooltip(() => tip(properties), { direction: "top", offset: [0, -SIZE_PX / 2] })
      .on({
        click: () => onPick(sel),
        mouseover: () => onHover(sel),
        mouseout: () => onHover(null),
      });
    markers.set(keyOf(sel), marker.addTo(shown));
  }

  function redraw() {
    const near = map.getZoom() >= WORDS_ZOOM;
    for (const marker of markers.values()) marker.getElement()?.classList.toggle("pick-near", near);
  }

  return {
    layer: shown,
    redraw,
    mark({ selected, hovered }) {
      for (const [key, marker] of markers) {
        const node = marker.getElement();
        node?.classList.toggle("is-hovered", key === keyOf(hovered));
        node?.classList.toggle("is-selected", key === keyOf(selected));
      }
    },
    boundsOf: (sel) => {
      const marker = markers.get(keyOf(sel));
      return marker && L.latLngBounds([marker.getLatLng()]);
    },
  };
}

function pickMarker({ rank, label, name, color, approximate }, { coordinates: [lon, lat] }) {
  const [paper, ink] = approximate ? ["#fff", color] : [color, "#fff"];
  const drawing = svg(
    "svg",
    { viewBox: "-15 -15 30 30", "aria-hidden": "true" },
    svg("circle", { class: "pin-rim", r: 13, fill: paper, stroke: ink, "stroke-width": 2 }),
    svg("text", { class: "pick-rank", "text-anchor": "middle", y: 4.5, fill: ink }, `${rank}`),
  );
  return L.marker([lat, lon], {
    alt: name,
    keyboard: false,
    zIndexOffset: 2000 - 10 * rank,
    icon: L.divIcon({
      className: "pin pick",
      iconSize: [SIZE_PX, SIZE_PX],
      html: element(
        "span",
        { class: "pin-drawing" },
        drawing,
        label && element("span", { class: "pick-label" }, label),
      ),
    }),
  });
}

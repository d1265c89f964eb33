/** Where the reader is, or asks from: a pin that can be dragged elsewhere. */

import { element, svg } from "#js/ui/dom.js";

const { L } = globalThis;
const SIZE_PX = [36, 44];

export function createOrigin(_map, { lat, lon, title, hint, onDrop }) {
  const drawing = svg(
    "svg",
    { viewBox: "0 0 36 44", "aria-hidden": "true" },
    svg("path", {
      class: "origin-body",
      d: "M18 43s15-13.5 15-25a15 15 0 0 0-30 0c0 11.5 15 25 15 25Z",
    }),
    svg("circle", { class: "origin-eye", cx: 18, cy: 18, r: 6 }),
  );
  const marker = L.marker([lat, lon], {
    draggable: true,
    autoPan: true,
    // The search box is the keyboard's way to another place.
    keyboard: false,
    alt: title,
    zIndexOffset: 4000,
    icon: L.divIcon({
      className: "origin",
      iconSize: SIZE_PX,
      iconAnchor: [SIZE_PX[0] / 2, SIZE_PX[1]],
      html: element("span", { class: "pin-drawing" }, drawing),
    }),
  });
  marker.bindTooltip(
    () =>
      element(
        "span",
        {},
        element("span", { class: "tip-name" }, title),
        element("span", { class: "tip-fact" }, hint),
      ),
    { direction: "top", offset: [0, -SIZE_PX[1]] },
  );
  marker.on({
    dragstart: () => marker.closeTooltip(),
    dragend: () => {
      const place = marker.getLatLng();
      onDrop({ lat: place.lat, lon: place.lng });
    },
  });
  const bounds = () => L.latLngBounds([marker.getLatLng()]);
  return {
    layer: L.layerGroup([marker]),
    redraw() {},
    mark() {},
    boundsOf: (sel) => (sel?.type === "origin" ? bounds() : null),
  };
}

/**
 * Institutions that can be taken by hand: press one to close it, drag it to move it, and those
 * that a scenario opens.
 *
 * places   [{key, lat, lon, name, icon, color, state, home}]; state: "kept", "closed", "moved" or
 *          "opened"; `home` is {lat, lon} of where a moved one stands today
 */

import { keyOf } from "#js/map/selection.js";
import { disc, element, svg } from "#js/ui/dom.js";

const { L } = globalThis;
const SIZES_PX = { kept: 24, closed: 24, moved: 30, opened: 34 };
/** In a city seen whole the pins are small, so that the homes under them stay visible. */
const NEAR_ZOOM = 11.5;
const RAISED = { kept: 0, closed: 500, moved: 1500, opened: 2000 };

export function createPins(map, { places, sprite, hint, onPress, onDrag, onDrop, onHover }) {
  const shown = L.layerGroup();
  const markers = new Map();
  for (const place of places) {
    if (place.home) wayOf(place).addTo(shown);
    const marker = pinOf(place, sprite).addTo(shown);
    marker.bindTooltip(() => tipOf(place, hint), { direction: "top", offset: [0, -14] });
    marker.on({
      click: () => onPress(place),
      drag: () => onDrag(place, positionOf(marker)),
      dragstart: () => marker.closeTooltip(),
      dragend: () => onDrop(place, positionOf(marker)),
      mouseover: () => onHover({ type: "pin", id: place.key }),
      mouseout: () => onHover(null),
    });
    markers.set(`pin:${place.key}`, marker);
  }
  return {
    layer: shown,
    redraw() {
      const isFar = map.getZoom() < NEAR_ZOOM;
      for (const marker of markers.values())
        marker.getElement()?.classList.toggle("pin-far", isFar);
    },
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

function positionOf(marker) {
  const { lat, lng } = marker.getLatLng();
  return { lat, lon: lng };
}

function wayOf({ lat, lon, home, color }) {
  return L.polyline(
    [
      [home.lat, home.lon],
      [lat, lon],
    ],
    { color, weight: 2, dashArray: "4 5", interactive: false, pane: "effect" },
  );
}

function tipOf({ name, state }, hint) {
  return element(
    "span",
    {},
    element("span", { class: "tip-name" }, name),
    element("span", { class: "tip-fact" }, hint[state]),
  );
}

function pinOf(place, sprite) {
  const size = SIZES_PX[place.state];
  const drawing = svg(
    "svg",
    { viewBox: "-14 -14 28 28", "aria-hidden": "true" },
    ...disc(sprite, place.icon, place.color, { approximate: place.state === "closed" }),
    place.state === "closed" && svg("path", { class: "pin-cross", d: "M-9-9 9 9M9-9-9 9" }),
    place.state === "opened" && svg("circle", { class: "pin-new", r: 13.4 }),
  );
  return L.marker([place.lat, place.lon], {
    draggable: place.state !== "closed",
    autoPan: true,
    alt: place.name,
    keyboard: false,
    zIndexOffset: RAISED[place.state],
    icon: L.divIcon({
      className: `pin pin-${place.state}`,
      html: element("span", { class: "pin-drawing" }, drawing),
      iconSize: [size, size],
    }),
  });
}

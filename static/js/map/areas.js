/**
 * Areas of an answer: the choropleth and its labels, cells of uncovered people, service areas and
 * white spots.
 */

import { boundsOf, contains, middleOf } from "#js/core/geometry.js";
import { placeLabels } from "#js/core/labels.js";
import { keyOf } from "#js/map/selection.js";
import { element } from "#js/ui/dom.js";

const { L } = globalThis;

/** Panes in drawing order, from the choropleth up. */
export const PANES = {
  choropleth: 410,
  cells: 420,
  areas: 425,
  outline: 430,
  effect: 440,
  label: 640,
};

const STYLES = {
  choropleth: (properties) => ({
    fillColor: properties.class === -1 ? "url(#hatch)" : properties.color,
    fillOpacity: 0.85,
    color: "#ffffff",
    weight: 1.5,
    opacity: 0.95,
  }),
  cells: (properties) => ({
    fillColor: properties.class === -1 ? "url(#hatch)" : properties.color,
    fillOpacity: 0.8,
    color: "#ffffff",
    weight: 0.5,
    opacity: 0.6,
  }),
  areas: (properties) => ({
    fillColor: properties.class === -1 ? "url(#hatch)" : properties.color,
    fillOpacity: 0.55,
    color: properties.color,
    weight: 1,
    opacity: 0.9,
  }),
};

/** Draw `features` of one layer; returns {layer, redraw, mark} for the map to keep. */
export function createAreas(map, { kind, features, tip, onPick, onHover }) {
  const byKey = new Map();
  const layer = L.geoJSON(features, {
    pane: kind,
    style: ({ properties }) => ({ ...STYLES[kind](properties), className: classOf(properties) }),
    onEachFeature(feature, path) {
      const sel = { type: feature.properties.type, id: String(feature.properties.id) };
      byKey.set(keyOf(sel), path);
      path.bindTooltip(() => tip(feature.properties), {
        sticky: true,
        direction: "top",
        className: "tip-area",
      });
      path.on({
        click: (event) => {
          // Where nothing can be chosen, a press on an area is a press on the map.
          if (!onPick) return;
          L.DomEvent.stop(event);
          onPick(sel, event.latlng);
        },
        mouseover: () => onHover(sel),
        mouseout: () => onHover(null),
      });
    },
  });
  const labels = kind === "choropleth" ? createLabels(features) : null;
  const group = L.layerGroup(labels ? [layer, labels.layer] : [layer]);
  return {
    layer: group,
    redraw: () => fadePane(map, kind),
    /** Place the labels beside the pins; returns the boxes they take. */
    placeLabels: (pins) => labels?.place(map, pins) ?? [],
    boundsOf: (sel) => byKey.get(keyOf(sel))?.getBounds(),
    mark: (current) => markAreas(layer, byKey, current),
  };
}

/** Close up the streets matter more than the class of the whole territory. */
function fadePane(map, kind) {
  const closeness = Math.min(1, Math.max(0, (map.getZoom() - 11.5) / 3));
  map.getPane(kind).style.opacity = String(1 - 0.62 * closeness);
}

function classOf(properties) {
  return `area${properties.modelled ? " area-modelled" : ""}`;
}

function markAreas(layer, byKey, { selected, hovered }) {
  layer.eachLayer((path) => layer.resetStyle(path));
  const raise = (sel, style) => byKey.get(keyOf(sel))?.setStyle(style).bringToFront();
  const ink = getComputedStyle(document.documentElement);
  if (hovered) raise(hovered, { color: ink.getPropertyValue("--ink"), weight: 3, opacity: 1 });
  if (selected)
    raise(selected, { color: ink.getPropertyValue("--selection"), weight: 4.5, opacity: 1 });
}

function createLabels(features) {
  const markers = features.features
    .filter(({ properties }) => properties.name)
    .map((feature) => labelMarker(feature));
  return { layer: L.layerGroup(markers), place: (map, pins) => arrange(map, markers, pins) };
}

function labelMarker({ properties, geometry }) {
  const [lon, lat] = properties.label_at ?? middleOf(geometry);
  const html = element(
    "span",
    { class: "area-label-text" },
    element("span", { class: "area-label-name" }, properties.name),
    properties.label && element("span", { class: "area-label-value" }, properties.label),
  );
  return L.marker([lat, lon], {
    pane: "label",
    interactive: false,
    keyboard: false,
    weight: properties.people ?? 0,
    geometry,
    bounds: boundsOf(geometry),
    icon: L.divIcon({ className: "area-label", html, iconSize: null }),
  });
}

/** Name and figure where they fit into their territory, the figure alone where only it does. */
function arrange(map, markers, pins) {
  const shown = markers.filter((marker) => marker.getElement());
  measureForms(shown);
  const labels = shown.map((marker) => labelOf(map, marker));
  const boxes = placeLabels(labels, pins);
  boxes.forEach((box, index) => {
    const node = shown[index].getElement();
    node.dataset.form = FORMS[box?.form] ?? "none";
    const { x, y } = labels[index];
    if (box) node.firstChild.style.translate = `${box.x - x}px ${box.y - y}px`;
  });
  return boxes.filter(Boolean);
}

const FORMS = ["full", "short"];
/** Sizes of a label's forms, kept until the letters change: reading them costs a layout. */
const measured = new WeakMap();

/** Read all sizes of one form at once, so that the page is laid out once for each form. */
function measureForms(markers) {
  const look = `${document.documentElement.dataset.look}/${document.fonts.status}`;
  const unknown = markers.filter((marker) => measured.get(marker)?.look !== look);
  for (const marker of unknown) measured.set(marker, { look, sizes: [] });
  for (const form of unknown.length ? FORMS : []) {
    for (const marker of unknown) marker.getElement().dataset.form = form;
    for (const marker of unknown) {
      const { offsetWidth: width, offsetHeight: height } = marker.getElement().firstChild;
      measured.get(marker).sizes.push({ width, height });
    }
  }
}

function labelOf(map, marker) {
  const { x, y } = map.latLngToContainerPoint(marker.getLatLng());
  const [west, south, east, north] = marker.options.bounds;
  const room_px = map
    .latLngToContainerPoint([south, east])
    .subtract(map.latLngToContainerPoint([north, west])).x;
  const sizes = measured
    .get(marker)
    .sizes.map((size) => (size.width <= room_px * 1.1 ? size : null));
  const holds = (...place) => {
    const { lat, lng } = map.containerPointToLatLng(place);
    return contains(marker.options.geometry, [lng, lat]);
  };
  return { x, y, weight: marker.options.weight, sizes, holds };
}

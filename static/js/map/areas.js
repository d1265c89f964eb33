/**
 * Areas on the map: the choropleth and its labels, cells of uncovered people, service areas and
 * white spots, outlines.
 */

import { boundsOf, middleOf } from "#js/core/geometry.js";
import { chooseLabels } from "#js/core/labels.js";
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
  outline: (properties) => ({
    fill: true,
    fillOpacity: 0,
    color: properties.color || "#6b645b",
    weight: 1.5,
    opacity: 0.75,
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
      path.bindTooltip(() => tip(feature.properties), { sticky: true, direction: "top" });
      path.on({
        click: (event) => {
          // Where nothing can be chosen, a press on an area is a press on the map.
          if (!onPick) return;
          L.DomEvent.stop(event);
          onPick(sel);
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
    redraw() {
      fadePane(map, kind);
      labels?.thin(map);
    },
    boundsOf: (sel) => byKey.get(keyOf(sel))?.getBounds(),
    mark: (current) => markAreas(layer, byKey, current),
  };
}

/** Close up the streets matter more than the class of the whole territory. */
function fadePane(map, kind) {
  if (kind === "outline") return;
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
  return { layer: L.layerGroup(markers), thin: (map) => thinLabels(map, markers) };
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
    bounds: boundsOf(geometry),
    icon: L.divIcon({ className: "area-label", html, iconSize: null }),
  });
}

/** Name and figure where they fit into their territory, the figure alone where only it does. */
function thinLabels(map, markers) {
  const labels = markers.filter((marker) => marker.getElement());
  const boxes = labels.map((marker) => measure(map, marker));
  chooseLabels(boxes).forEach((form, index) => {
    labels[index].getElement().dataset.form = FORMS[form] ?? "none";
  });
}

const FORMS = ["full", "short"];

function measure(map, marker) {
  const node = marker.getElement();
  const { x, y } = map.latLngToContainerPoint(marker.getLatLng());
  const [west, south, east, north] = marker.options.bounds;
  const room_px = map
    .latLngToContainerPoint([south, east])
    .subtract(map.latLngToContainerPoint([north, west])).x;
  const sizes = FORMS.map((form) => {
    node.dataset.form = form;
    const { offsetWidth: width, offsetHeight: height } = node.firstChild;
    return width <= room_px * 1.1 ? { width, height } : null;
  });
  return { x, y, weight: marker.options.weight, sizes };
}

/**
 * Points on the map: icons in discs, gathered into counts where they would overlap.
 *
 * Only what lies in the window is in the page, so several thousand points cost no more than the
 * few hundred one can see.
 */

import { groupPoints, mixOf } from "#js/core/cluster.js";
import { keyOf } from "#js/map/selection.js";
import { disc, element, svg } from "#js/ui/dom.js";

const { L } = globalThis;

/** Above this zoom nothing is gathered: one can tell houses apart. */
const SINGLE_ZOOM = 16;
/** Below this zoom a kind nobody asked about is a dot, not an icon. */
const ICON_ZOOM = 13;
/** Below this zoom the territories are the picture, and every place is a dot. */
const DOT_ZOOM = 10.5;
/** Stops say nothing about a city seen whole. */
const STOP_ZOOM = 14;
const SIZES_PX = { asked: 28, quiet: 22, dot: 11, speck: 7, group: 34 };
const CELLS_PX = { asked: 30, quiet: 34, dot: 10, speck: 10 };
/** A city seen whole gets smaller pins, so that the choropleth under them stays readable. */
const FAR_ZOOM = 12;
const FAR_SCALE = 0.75;

export function createPoints(map, { features, sprite, tip, countTip, onPick, onHover }) {
  const points = features.features
    .filter(({ geometry }) => geometry)
    .map((feature) => toPoint(map, feature));
  const shown = L.layerGroup();
  let current = { selected: null, hovered: null };
  let markers = new Map();

  function redraw() {
    if (!map.hasLayer(shown)) return;
    const zoom = map.getZoom();
    const window = map.getPixelBounds().pad(0.1);
    shown.clearLayers();
    markers = new Map();
    for (const group of groupsAt(points, map, zoom, keyOf(current.selected))) {
      if (!window.contains([group.x, group.y])) continue;
      if (group.members.length === 1) addPoint(group.members[0], group.look);
      else if (isDot(group.look)) addPoint(group.members[0], group.look, group);
      else addGroup(group, zoom);
    }
    mark(current);
  }

  function addPoint(point, look, group) {
    const { properties } = point;
    const size = sizeAt(map.getZoom(), look);
    const { approximate } = properties;
    const drawing = isDot(look)
      ? dot(point.color)
      : disc(sprite, properties.icon, point.color, { approximate });
    const marker = pin(point.latlng, size, drawing, {
      title: properties.name,
      raised: look === "asked" ? 1000 : 0,
    });
    marker.bindTooltip(() => tip(properties), { direction: "top", offset: [0, -size / 2] });
    marker.on({
      click: () => (group ? zoomInto(group) : onPick(point.sel)),
      mouseover: () => onHover(point.sel),
      mouseout: () => onHover(null),
    });
    markers.set(point.key, marker.addTo(shown));
  }

  function addGroup(group, zoom) {
    const latlng = map.unproject([group.x, group.y], zoom);
    const count = group.members.length;
    const marker = pin(latlng, sizeAt(zoom, "group"), ringOf(group.members, count), {
      title: countTip(count),
      raised: group.look === "asked" ? 1500 : 500,
    });
    marker.bindTooltip(() => countTip(count), { direction: "top", offset: [0, -18] });
    marker.on({
      click: () => zoomInto(group),
    });
    marker.addTo(shown);
  }

  function zoomInto({ members }) {
    const bounds = L.latLngBounds(members.map((member) => member.latlng));
    map.fitBounds(bounds, { padding: [60, 60], maxZoom: Math.min(17, map.getZoom() + 3) });
  }

  function mark(now) {
    const moved = keyOf(now.selected) !== keyOf(current.selected);
    current = { ...now };
    if (moved) return redraw();
    for (const [key, marker] of markers) {
      const node = marker.getElement();
      node?.classList.toggle("is-hovered", key === keyOf(current.hovered));
      node?.classList.toggle("is-selected", key === keyOf(current.selected));
    }
  }

  /** Where the pins are, in pixels of the window, for the labels to keep clear of. */
  function pins() {
    return shown.getLayers().map((marker) => {
      const { x, y } = map.latLngToContainerPoint(marker.getLatLng());
      const [size] = marker.options.icon.options.iconSize;
      return { x, y, radius: size / 2, node: marker.getElement() };
    });
  }

  return {
    layer: shown,
    redraw,
    mark,
    pins,
    boundsOf: (sel) => {
      const point = points.find(({ key }) => key === keyOf(sel));
      return point && L.latLngBounds([point.latlng]);
    },
  };
}

function toPoint(map, { geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  const sel = { type: properties.type, id: String(properties.id) };
  const latlng = L.latLng(lat, lon);
  // Pixels at zoom 0 scale by 2^zoom: no point is projected twice.
  const { x, y } = map.project(latlng, 0);
  return { sel, key: keyOf(sel), latlng, x0: x, y0: y, color: properties.color, properties };
}

function groupsAt(points, map, zoom, selectedKey) {
  const scale = map.getZoomScale(zoom, 0);
  const looks = { asked: [], quiet: [], dot: [], speck: [], alone: [] };
  for (const point of points) {
    if (point.sel.type === "stop" && zoom < STOP_ZOOM) continue;
    const placed = { ...point, x: point.x0 * scale, y: point.y0 * scale };
    looks[point.key === selectedKey ? "alone" : lookOf(point, zoom)].push(placed);
  }
  const single = (look, members) => members.map((point) => ({ ...point, look, members: [point] }));
  const gathered = (look) =>
    zoom >= SINGLE_ZOOM
      ? single(look, looks[look])
      : groupPoints(looks[look], CELLS_PX[look]).map((group) => ({ ...group, look }));
  return [
    ...gathered("speck"),
    ...gathered("dot"),
    ...gathered("quiet"),
    ...gathered("asked"),
    ...single("asked", looks.alone),
  ];
}

const isDot = (look) => look === "dot" || look === "speck";

function sizeAt(zoom, look) {
  return zoom < FAR_ZOOM && !isDot(look) ? SIZES_PX[look] * FAR_SCALE : SIZES_PX[look];
}

function lookOf({ sel, properties }, zoom) {
  if (sel.type === "stop") return "dot";
  if (properties.asked !== false) return zoom < DOT_ZOOM ? "dot" : "asked";
  if (zoom < DOT_ZOOM) return "speck";
  return zoom < ICON_ZOOM ? "dot" : "quiet";
}

function pin(latlng, size, drawing, { title, raised }) {
  const html = svg("svg", { viewBox: "-14 -14 28 28", "aria-hidden": "true" }, ...drawing);
  const isSmall = size <= SIZES_PX.dot;
  return L.marker(latlng, {
    alt: title,
    // The list beside the map is the keyboard's way: hundreds of pins are no tab stops.
    keyboard: false,
    zIndexOffset: raised,
    icon: L.divIcon({
      className: isSmall ? "pin pin-small" : "pin",
      html: element("span", { class: "pin-drawing" }, html),
      iconSize: [size, size],
    }),
  });
}

function dot(color) {
  return [
    svg("circle", { class: "pin-rim", r: 11, fill: color, stroke: "#fff", "stroke-width": 4 }),
  ];
}

/** A number in a thin ring that shows the mix of kinds. */
function ringOf(members, count) {
  const radius = 11.5;
  const round = 2 * Math.PI * radius;
  let start = 0;
  const arcs = mixOf(members).map(({ color, share }) => {
    const arc = svg("circle", {
      r: radius,
      fill: "none",
      stroke: color,
      "stroke-width": 3,
      "stroke-dasharray": `${share * round} ${round}`,
      "stroke-dashoffset": -start * round,
      transform: "rotate(-90)",
    });
    start += share;
    return arc;
  });
  return [
    svg("circle", { r: 13, fill: "var(--surface)" }),
    ...arcs,
    svg("text", { class: "pin-count", "text-anchor": "middle", y: 4 }, String(count)),
  ];
}

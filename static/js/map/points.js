/**
 * Points on the map: icons in discs, gathered into counts where they would overlap.
 *
 * Only what lies in the window is in the page, so a hundred thousand points cost no more than the
 * few hundred one can see; what stays in the window while it moves stays in the page too.
 */

import { countOf, groupPoints, mixOf } from "#js/core/cluster.js";
import { keyOf } from "#js/map/selection.js";
import { createTilePoints } from "#js/map/tiles.js";
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
/** More things than this in the window, and all of them are gathered, whatever was asked. */
const CROWD = 600;
const SIZES_PX = { asked: 28, quiet: 22, dot: 11, speck: 7, group: 34, crowd: 22 };
const CROWD_GROUP_PX = 40;
const CELLS_PX = { asked: 30, quiet: 34, dot: 10, speck: 10, crowd: 72 };
/** A city seen whole gets smaller pins, so that the choropleth under them stays readable. */
const FAR_ZOOM = 12;
const FAR_SCALE = 0.75;
const RING_KINDS = 6;
const REST_COLOR = "#a8a198";
/** How far around the window points are drawn, in its own widths and heights. */
const MARGIN = 0.1;

/** Points of GeoJSON `features`, or of vector `tiles`; `only` are the kinds shown, null = all. */
export function createPoints(map, options) {
  const { features, tiles, only = null, sprite, tip, countTip, onPick, onHover } = options;
  const source = tiles ? createTilePoints(tiles, { only, ...options }) : pointsOf(map, features);
  const shown = L.layerGroup();
  shown.on("remove", source.forget);
  let current = { selected: null, hovered: null };
  let points = [];
  let markers = new Map();

  function redraw() {
    if (!map.hasLayer(shown)) return;
    const zoom = map.getZoom();
    if (tiles?.type === "stop" && zoom < STOP_ZOOM) return paint([]);
    source.ask(map.getPixelBounds().pad(MARGIN), zoom, paint);
  }

  /** Bring the page to these points: what is there already stays as it is. */
  function paint(found) {
    points = found;
    const zoom = map.getZoom();
    const before = markers;
    markers = new Map();
    for (const group of groupsAt(placed(points, map, zoom), zoom, keyOf(current.selected))) {
      const key = markerKey(group, zoom);
      const marker = before.get(key) ?? markerOf(group, zoom).addTo(shown);
      before.delete(key);
      markers.set(key, marker);
    }
    for (const marker of before.values()) marker.remove();
    light();
    options.onPaint?.();
  }

  function markerOf(group, zoom) {
    const [first] = group.members;
    if (group.count === 1 && first.isLone) return pointMarker(first, group.look, zoom);
    if (isDot(group.look)) return pointMarker(first, group.look, zoom, group);
    return groupMarker(group, zoom);
  }

  function pointMarker(point, look, zoom, group) {
    const { properties } = point;
    const size = sizeAt(zoom, look);
    const { approximate } = properties;
    const drawing = isDot(look)
      ? dot(point.color)
      : disc(sprite, properties.icon, point.color, { approximate });
    const marker = pin(latLngOf(map, point), size, drawing, {
      title: properties.name ?? "",
      raised: look === "asked" ? 1000 : 0,
    });
    const lone = !group || (group.count === 1 && point.isLone);
    // Far away a tile has no names.
    const named = lone && (properties.name || properties.label);
    marker.bindTooltip(() => (named ? tip(properties) : countTip(group?.count ?? 1)), {
      direction: "top",
      offset: [0, -size / 2],
    });
    marker.on({
      click: () => (lone ? onPick?.(point.sel) : zoomInto(group)),
      mouseover: () => lone && onHover(point.sel),
      mouseout: () => onHover(null),
    });
    marker.holds = keysOf(group ?? { members: [point] });
    return marker;
  }

  function groupMarker(group, zoom) {
    const marker = pin(
      map.unproject([group.x, group.y], zoom),
      groupSize(group, zoom),
      ringOf(group),
      {
        title: countTip(group.count),
        raised: group.look === "asked" ? 1500 : 500,
      },
    );
    marker.bindTooltip(() => countTip(group.count), { direction: "top", offset: [0, -18] });
    marker.on({
      click: () => zoomInto(group),
    });
    marker.holds = keysOf(group);
    return marker;
  }

  function zoomInto({ members }) {
    const bounds = L.latLngBounds(members.map((member) => latLngOf(map, member)));
    // A cluster of the server stands at one place, though its things do not.
    const zoom = Math.min(17, map.getZoom() + (members.some(({ count }) => count > 1) ? 2 : 3));
    map.fitBounds(bounds, { padding: [60, 60], maxZoom: zoom });
  }

  function mark(now) {
    const moved = keyOf(now.selected) !== keyOf(current.selected);
    current = { ...now };
    // The selected one stands alone, out of whatever group it was in.
    if (moved && map.hasLayer(shown)) return paint(points);
    light();
  }

  function light() {
    const [hovered, selected] = [keyOf(current.hovered), keyOf(current.selected)];
    for (const marker of markers.values()) {
      const node = marker.getElement();
      node?.classList.toggle("is-hovered", marker.holds.has(hovered));
      node?.classList.toggle("is-selected", marker.holds.has(selected));
    }
  }

  /** Where the pins are, in pixels of the window, for the labels to keep clear of. */
  function pins() {
    return [...markers.values()].map((marker) => {
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
      return point && L.latLngBounds([latLngOf(map, point)]);
    },
  };
}

/** GeoJSON points, all at hand. */
function pointsOf(map, { features }) {
  const points = features
    .filter(({ geometry }) => geometry)
    .map(({ geometry, properties }) => {
      const [lon, lat] = geometry.coordinates;
      const sel = { type: properties.type, id: String(properties.id) };
      // Pixels at zoom 0 scale by 2^zoom: no point is projected twice.
      const { x, y } = map.project([lat, lon], 0);
      const { color } = properties;
      return { sel, key: keyOf(sel), x0: x, y0: y, count: 1, isLone: true, color, properties };
    });
  return { ask: (_window, _zoom, paint) => paint(points), forget() {} };
}

/** Keys of the things a marker stands for; of a cluster of the server nobody knows them. */
function keysOf({ members }) {
  return new Set(members.filter(({ isLone }) => isLone).map(({ key }) => key));
}

function latLngOf(map, { x0, y0 }) {
  return map.unproject([x0, y0], 0);
}

/** Points of the window in world pixels at its zoom. */
function placed(points, map, zoom) {
  const scale = map.getZoomScale(zoom, 0);
  const { min, max } = map.getPixelBounds().pad(MARGIN);
  const found = [];
  for (const point of points) {
    const [x, y] = [point.x0 * scale, point.y0 * scale];
    if (x >= min.x && x <= max.x && y >= min.y && y <= max.y) found.push({ ...point, x, y });
  }
  return found;
}

function groupsAt(points, zoom, selectedKey) {
  const looks = { asked: [], quiet: [], dot: [], speck: [], crowd: [], alone: [] };
  const isCrowd = countOf(points) > CROWD;
  for (const point of points) {
    const look = isCrowd ? "crowd" : lookOf(point, zoom);
    looks[point.isLone && point.key === selectedKey ? "alone" : look].push(point);
  }
  const single = (look, members) => members.map((point) => ({ ...point, look, members: [point] }));
  const gathered = (look) =>
    zoom >= SINGLE_ZOOM && !isCrowd
      ? single(look, looks[look])
      : groupPoints(looks[look], CELLS_PX[look]).map((group) => ({ ...group, look }));
  return [
    ...gathered("speck"),
    ...gathered("dot"),
    ...gathered("quiet"),
    ...gathered("asked"),
    ...gathered("crowd"),
    ...single("asked", looks.alone),
  ];
}

/** The same marker serves as long as it would look the same. */
function markerKey({ look, key, count, members }, zoom) {
  const [first] = members;
  const size = sizeAt(zoom, look);
  if (count === 1 && first.isLone) return `${look}/${size}/${first.key}`;
  return `${look}/${zoom}/${key}/${count}`;
}

const isDot = (look) => look === "dot" || look === "speck";

function sizeAt(zoom, look) {
  return zoom < FAR_ZOOM && !isDot(look) ? SIZES_PX[look] * FAR_SCALE : SIZES_PX[look];
}

function groupSize({ look }, zoom) {
  return look === "crowd" ? CROWD_GROUP_PX : sizeAt(zoom, "group");
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

/** More colours than a ring can show become one grey. */
function commonest(mix) {
  if (mix.length <= RING_KINDS) return mix;
  const shown = mix.slice(0, RING_KINDS - 1);
  const rest = shown.reduce((left, { share }) => left - share, 1);
  return [...shown, { color: REST_COLOR, share: rest }];
}

/** A number in a thin ring that shows the mix of kinds. */
function ringOf({ members, count }) {
  const radius = 11.5;
  const round = 2 * Math.PI * radius;
  let start = 0;
  const arcs = commonest(mixOf(members)).map(({ color, share }) => {
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
    svg(
      "text",
      { class: `pin-count pin-count-${String(count).length}`, "text-anchor": "middle", y: 4 },
      String(count),
    ),
  ];
}

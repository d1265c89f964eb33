/**
 * Outlines of territories out of vector tiles: drawn on canvas, found again under the pointer, and
 * lit by a line of their own, without the edges at which tiles cut them.
 */

import { keyOf } from "#js/map/selection.js";
import { TILE_PX } from "#js/map/tiles.js";

const { L, protomapsL } = globalThis;

const MAX_ZOOM = 15;
const WORLD_PX = 256;
const WIDTH_PX = 1.5;
const OPACITY = 0.75;
const LIT = {
  hovered: { ink: "--ink", weight: 3 },
  selected: { ink: "--selection", weight: 4.5 },
};

/** Returns {layer, redraw, mark, boundsOf, hit, dropped} for the map to keep. */
export function createOutlines(map, { tiles, tip, onPick, onHover, current: at }) {
  const grid = createGrid(tiles);
  const lit = L.layerGroup();
  const tooltip = L.tooltip({ direction: "top", className: "tip-outline" });
  let current = { ...at };
  let under = null;

  /** The smallest territory at a place. */
  function hit(latlng) {
    const [found = []] = grid.queryTileFeaturesDebug(latlng.lng, latlng.lat).values();
    const [smallest] = found
      .map(({ feature }) => feature)
      .sort((one, other) => areaOf(one) - areaOf(other));
    if (!smallest) return null;
    const sel = { type: tiles.type, id: String(smallest.id) };
    return { sel, properties: { ...smallest.props, type: tiles.type }, onPick };
  }

  function follow({ latlng }) {
    if (map.dragging.moving()) return leave();
    const found = hit(latlng);
    if (keyOf(found?.sel) !== keyOf(under?.sel)) {
      under = found;
      onHover(found?.sel ?? null);
      if (found) tooltip.setContent(tip(found.properties)).setLatLng(latlng).addTo(map);
      else tooltip.remove();
    } else if (found) tooltip.setLatLng(latlng);
    // What lies beneath says nothing of itself meanwhile.
    map.getContainer().classList.toggle("is-over-outline", Boolean(found));
  }

  function leave() {
    if (!under) return;
    under = null;
    tooltip.remove();
    onHover(null);
    map.getContainer().classList.remove("is-over-outline");
  }

  const leaveForPin = ({ target }) => target.closest(".pin") && leave();

  function light() {
    lit.clearLayers();
    for (const [name, { ink, weight }] of Object.entries(LIT)) {
      if (current[name]?.type !== tiles.type) continue;
      const color = getComputedStyle(document.documentElement).getPropertyValue(ink);
      L.polyline(linesOf(grid, tiles.layer, current[name].id, tileZoomOf(map)), {
        pane: "outline",
        interactive: false,
        color,
        weight,
      }).addTo(lit);
    }
  }

  const layer = L.layerGroup([grid, lit]);
  layer.on("add", () => {
    map.on("mousemove", follow).on("mouseout", leave);
    map.getContainer().addEventListener("mouseover", leaveForPin);
  });
  layer.on("remove", () => {
    map.off("mousemove", follow).off("mouseout", leave);
    map.getContainer().removeEventListener("mouseover", leaveForPin);
    leave();
  });
  grid.on("load", light);

  return {
    layer,
    redraw() {},
    mark(now) {
      current = { ...now };
      light();
    },
    boundsOf: (sel) => (sel.type === tiles.type ? boundsIn(grid, tiles.layer, sel.id) : null),
    hit,
  };
}

function createGrid({ url, layer, kinds }) {
  const colorOf = (_zoom, feature) => kinds[feature?.props.kind]?.color ?? "#6b645b";
  const line = (style) =>
    new protomapsL.LineSymbolizer({ perFeature: true, opacity: OPACITY, ...style });
  const isVague = (_zoom, { props }) => props.approximate === true;
  return protomapsL.leafletLayer({
    url,
    pane: "outline",
    attribution: "",
    noWrap: true,
    maxDataZoom: MAX_ZOOM,
    maxZoom: 19,
    paintRules: [
      {
        dataLayer: layer,
        filter: (zoom, feature) => !isVague(zoom, feature),
        symbolizer: line({ color: colorOf, width: WIDTH_PX }),
      },
      {
        dataLayer: layer,
        filter: isVague,
        symbolizer: line({
          dash: [5, 4],
          dashColor: colorOf,
          dashWidth: 2,
          width: WIDTH_PX,
        }),
      },
    ],
    labelRules: [],
  });
}

function areaOf({ bbox: { minX, minY, maxX, maxY } }) {
  return (maxX - minX) * (maxY - minY);
}

/** The zoom of the tiles on the screen, as the grid chooses it. */
function tileZoomOf(map) {
  return Math.min(MAX_ZOOM, Math.round(map.getZoom()) - 1);
}

/** Tiles at hand: {x, y, z, features}. */
function* tilesAtHand(grid, layer) {
  for (const view of grid.views.values())
    for (const [key, { data }] of view.tileCache.cache) {
      const [x, y, z] = key.split(":").map(Number);
      yield { x, y, z, features: data.get(layer) ?? [] };
    }
}

function latLngIn({ x, y, z }, place) {
  const side = WORLD_PX / 2 ** z;
  const at = L.point((x + place.x / TILE_PX) * side, (y + place.y / TILE_PX) * side);
  return L.CRS.EPSG3857.pointToLatLng(at, 0);
}

/** Outline of one territory over all tiles of a zoom, without the sides of the tiles. */
function linesOf(grid, layer, id, zoom) {
  const lines = [];
  for (const tile of tilesAtHand(grid, layer)) {
    if (tile.z !== zoom) continue;
    for (const { geom } of tile.features.filter((feature) => String(feature.id) === id))
      for (const ring of geom)
        for (const part of withoutCuts(ring))
          lines.push(part.map((place) => latLngIn(tile, place)));
  }
  return lines;
}

/** The parts of a ring that are its own: those along or beyond the side of the tile are cuts. */
function withoutCuts(ring) {
  const parts = [];
  let part = [];
  for (let index = 1; index < ring.length; index++) {
    const [from, to] = [ring[index - 1], ring[index]];
    if (isBeyond(from.x, to.x) || isBeyond(from.y, to.y)) {
      if (part.length) parts.push(part);
      part = [];
    } else part.push(...(part.length ? [to] : [from, to]));
  }
  if (part.length) parts.push(part);
  return parts;
}

function isBeyond(from, to) {
  return (from < 0 && to < 0) || (from > TILE_PX && to > TILE_PX);
}

function boundsIn(grid, layer, id) {
  const bounds = L.latLngBounds([]);
  for (const tile of tilesAtHand(grid, layer))
    for (const { bbox } of tile.features.filter((feature) => String(feature.id) === id)) {
      bounds.extend(latLngIn(tile, { x: Math.max(0, bbox.minX), y: Math.max(0, bbox.minY) }));
      bounds.extend(
        latLngIn(tile, { x: Math.min(TILE_PX, bbox.maxX), y: Math.min(TILE_PX, bbox.maxY) }),
      );
    }
  return bounds.isValid() ? bounds : null;
}

/**
 * Points of a layer out of its vector tiles: fetched and decoded once, kept for every redraw.
 *
 * A tile is 512 px wide on the screen at a whole zoom, so its own zoom is one less than the map's.
 */

import { partsOf } from "#js/core/cluster.js";
import { tilesWithin } from "#js/core/geometry.js";
import { keyOf } from "#js/map/selection.js";

const { protomapsL } = globalThis;

const MIN_ZOOM = 5;
const MAX_ZOOM = 15;
export const TILE_PX = 512;
/** World pixels at zoom 0. */
const WORLD_PX = 256;
/** About three windows of a large screen. */
const TILES_KEPT = 96;

const stores = new Map();

/** The zoom of the tiles that a map at `zoom` shows. */
export function tileZoom(zoom) {
  return Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, Math.floor(zoom) - 1));
}

/**
 * Points from the tiles {url, layer, type, kinds, asked}.
 *
 * only       codes of the kinds shown; null = all
 * onTrouble  some tiles did not come; the next move asks again
 */
export function createTilePoints({ url, layer, type, kinds, asked }, { only, onTrouble }) {
  const store = storeOf(url);
  const read = new WeakMap();
  let latest = 0;

  function pointsOf({ x, y, z, features }) {
    if (!read.has(features)) {
      const side = WORLD_PX / 2 ** z;
      read.set(
        features,
        features.flatMap((feature) => {
          const [place] = feature.geom[0];
          const x0 = (x + place.x / TILE_PX) * side;
          const y0 = (y + place.y / TILE_PX) * side;
          return partsOf(feature, { type, kinds, asked, only }).map((part) => ({
            ...part,
            key: keyOf(part.sel),
            x0,
            y0,
          }));
        }),
      );
    }
    return read.get(features);
  }

  return {
    /** Hand the points around a window of world pixels at `zoom` to `paint`, now or soon. */
    ask(window, zoom, paint) {
      latest += 1;
      const mine = latest;
      const z = tileZoom(zoom);
      const scale = 2 ** -zoom;
      const wanted = tilesWithin(
        [window.min.x * scale, window.min.y * scale, window.max.x * scale, window.max.y * scale],
        z,
        WORLD_PX,
      );
      const paintThose = (tiles) => paint(tiles.flatMap(pointsOf));
      const here = wanted.map((tile) => store.peek(tile));
      if (here.every(Boolean)) return paintThose(here);
      Promise.allSettled(wanted.map((tile) => store.bring(tile, layer))).then((outcomes) => {
        if (mine !== latest) return;
        if (outcomes.some(({ status }) => status === "rejected")) onTrouble?.();
        paintThose(outcomes.flatMap(({ value }) => value ?? []));
      });
    },

    forget() {
      latest += 1;
    },
  };
}

/** One store for each address: layers drawn anew find their tiles where they left them. */
function storeOf(url) {
  if (!stores.has(url)) stores.set(url, createStore(url));
  return stores.get(url);
}

function createStore(url) {
  const source = new protomapsL.ZxySource(url, false);
  const kept = new Map();
  const running = new Map();
  const keyOf = ({ z, x, y }) => `${z}/${x}/${y}`;

  function keep(key, tile) {
    kept.set(key, tile);
    if (kept.size > TILES_KEPT) kept.delete(kept.keys().next().value);
    return tile;
  }

  function peek(tile) {
    const key = keyOf(tile);
    const found = kept.get(key);
    // The one looked at last goes last.
    if (found && kept.delete(key)) kept.set(key, found);
    return found;
  }

  return {
    peek,

    bring(tile, layer) {
      const key = keyOf(tile);
      const found = peek(tile);
      if (found) return Promise.resolve(found);
      if (!running.has(key))
        running.set(
          key,
          source
            .get(tile, TILE_PX)
            .then((layers) => keep(key, { ...tile, features: layers.get(layer) ?? [] }))
            .finally(() => running.delete(key)),
        );
      return running.get(key);
    },
  };
}

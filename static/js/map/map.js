/** The map as the page sees it: draw this layer, drop that one, show this place. */

import { covers } from "#js/core/labels.js";
import { createAreas, PANES } from "#js/map/areas.js";
import { createBasemap } from "#js/map/basemap.js";
import { createEffect } from "#js/map/effect.js";
import { createOrigin } from "#js/map/origin.js";
import { createOutlines } from "#js/map/outlines.js";
import { createPicks } from "#js/map/picks.js";
import { createPins } from "#js/map/pins.js";
import { createPoints } from "#js/map/points.js";
import { createWalk } from "#js/map/walk.js";

const { L } = globalThis;
const MAX_ZOOM = 18;
/** Who draws a kind of layer; every other kind is areas. */
const CREATORS = {
  points: createPoints,
  outline: createOutlines,
  picks: createPicks,
  pins: createPins,
  effect: createEffect,
  origin: createOrigin,
  walk: createWalk,
};

/**
 * Create the map in `frame`.
 *
 * bounds       [w, s, e, n] of the city
 * base         {tiles, attribution} of our base map, {onlineTiles, onlineAttribution} to replace it
 * at           {lat, lon, zoom} to start from, or null for the whole city
 * padding()    {left, right, top, bottom} in px: what lies over the map (the phone's sheet)
 * onMove(at)   the reader moved the map
 *
 * The base map is drawn by `repaint`.
 */
export function createAtlasMap(frame, { bounds, at, words, base, padding, onMove }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(frame, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.5,
    minZoom: 7,
    maxZoom: MAX_ZOOM,
    fadeAnimation: !calm,
    zoomAnimation: !calm,
    inertia: !calm,
  });
  for (const [name, height] of Object.entries(PANES)) map.createPane(name).style.zIndex = height;
  L.control.attribution({ prefix: false }).addTo(map);
  createScale(words).addTo(map);
  L.control
    .zoom({ position: "bottomleft", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut })
    .addTo(map);

  const drawn = new Map();
  const city = toLatLngBounds(bounds);
  let drawnBase = null;
  let labels = [];
  let waiting = 0;
  let byReader = true;

  goTo(at);
  map.on("click", ({ latlng }) => {
    const hit = hitAt(latlng);
    hit?.onPick(hit.sel);
  });
  map.on("moveend", () => {
    for (const layer of drawn.values()) layer.redraw();
    arrange();
    if (byReader) onMove(currentView());
  });

  /** Labels go where they hide the fewest pins; a disc that still lies under one becomes a dot. */
  function arrange() {
    const pins = [...drawn.values()].flatMap((part) => part.pins?.() ?? []);
    labels = [...drawn.values()].flatMap((part) => part.placeLabels?.(pins) ?? []);
    makeRoom();
  }

  /** Once for all that is drawn before the next frame. */
  function arrangeSoon() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(arrange);
  }

  function makeRoom() {
    for (const part of drawn.values())
      for (const pin of part.pins?.() ?? [])
        pin.node.classList.toggle(
          "is-covered",
          labels.some((label) => covers(label, pin)),
        );
    const lit = frame.querySelector(".is-covered:is(.is-hovered, .is-selected)");
    map.getPane("label").classList.toggle("is-faded", Boolean(lit));
  }

  /** What canvas draws at a place: it cannot hear the pointer itself. */
  function hitAt(latlng) {
    for (const part of [...drawn.values()].reverse()) {
      const hit = latlng && part.hit?.(latlng);
      if (hit?.onPick) return hit;
    }
    return null;
  }

  /** Outlines lie above coloured areas: what is pressed is the outlined one. */
  function pickTopmost(onPick) {
    return onPick && ((sel, latlng) => onPick(hitAt(latlng)?.sel ?? sel));
  }

  function drawBase() {
    drawnBase?.remove();
    drawnBase = createBase(base, city.pad(0.3)).addTo(map);
  }

  /** Move the map without taking it for the reader's choice. */
  function quietly(move) {
    byReader = false;
    move();
    byReader = true;
  }

  /** A place that the address names, or the whole city. */
  function goTo(view) {
    quietly(() => {
      if (view) map.setView([view.lat, view.lon], view.zoom, { animate: false });
      else map.fitBounds(city, { ...fitOptions(padding()), animate: false });
    });
  }

  function currentView() {
    const { lat, lng } = map.getCenter();
    return { lat, lon: lng, zoom: map.getZoom() };
  }

  return {
    draw(key, options) {
      const create = CREATORS[options.kind] ?? createAreas;
      const part = create(map, {
        ...options,
        onPick: pickTopmost(options.onPick),
        onPaint: arrangeSoon,
      });
      drawn.get(key)?.layer.remove();
      drawn.set(key, part);
      part.layer.addTo(map);
      part.mark(options.current);
      part.redraw();
      arrangeSoon();
    },

    remove(key) {
      drawn.get(key)?.layer.remove();
      drawn.delete(key);
      arrangeSoon();
    },

    mark(current) {
      for (const part of drawn.values()) part.mark(current);
      makeRoom();
    },

    /** Bring a thing into the uncovered part of the window, moving no more than needed. */
    reveal(sel, position) {
      const part = [...drawn.values()].find((one) => one.boundsOf(sel));
      const target =
        part?.boundsOf(sel) ?? (position && L.latLngBounds([[position.lat, position.lon]]));
      if (!target) return;
      const area = uncovered(map, padding());
      if (area.contains(target) || (area.intersects(target) && target.contains(area))) return;
      const zoom = map.getBoundsZoom(target);
      map.fitBounds(target, { ...fitOptions(padding()), maxZoom: Math.min(map.getZoom(), zoom) });
    },

    /**
     * Bring places [{lat, lon}] into the uncovered part of the window; nothing moves where they
     * are in it already and lie `legible_px` apart or more.
     */
    show(places, { maxZoom, legible_px = Infinity }) {
      const target = L.latLngBounds(places.map(({ lat, lon }) => [lat, lon]));
      const apart_px = map
        .latLngToLayerPoint(target.getNorthWest())
        .distanceTo(map.latLngToLayerPoint(target.getSouthEast()));
      if (apart_px >= legible_px && uncovered(map, padding()).contains(target)) return;
      quietly(() => map.fitBounds(target, { ...fitOptions(padding()), maxZoom, animate: false }));
    },

    goTo,
    repaint: drawBase,
    resize: () => quietly(() => map.invalidateSize({ animate: false })),
    onBackgroundClick: (listener) =>
      map.on("click", ({ latlng }) => {
        if (!hitAt(latlng)) listener({ lat: latlng.lat, lon: latlng.lng });
      }),
    onLongPress: (listener) =>
      map.on("contextmenu", ({ latlng }) => listener({ lat: latlng.lat, lon: latlng.lng })),
  };
}

/** A scale whose units are of the reader's language. */
function createScale(words) {
  const Scale = L.Control.Scale.extend({
    _updateScale(line, text, ratio) {
      const [number, unit] = text.split(" ");
      L.Control.Scale.prototype._updateScale.call(this, line, `${number} ${words[unit]}`, ratio);
    },
  });
  return new Scale({ imperial: false, position: "bottomleft" });
}

/** Our own tiles, unless the service was told to show somebody else's. */
function createBase({ tiles, attribution, onlineTiles, onlineAttribution }, bounds) {
  if (onlineTiles) return L.tileLayer(onlineTiles, { attribution: onlineAttribution, maxZoom: 19 });
  return createBasemap(tiles, { bounds, attribution });
}

function toLatLngBounds([west, south, east, north]) {
  return L.latLngBounds([south, west], [north, east]);
}

function fitOptions({ left, right, top, bottom }) {
  return { paddingTopLeft: [left + 16, top + 16], paddingBottomRight: [right + 16, bottom + 16] };
}

function uncovered(map, { left, right, top, bottom }) {
  const { x, y } = map.getSize();
  return L.latLngBounds(
    map.containerPointToLatLng([left, y - bottom]),
    map.containerPointToLatLng([x - right, top]),
  );
}

/** Small questions about GeoJSON geometry. Coordinates are [lon, lat]. */

/** [west, south, east, north] of a geometry; null when it is empty. */
export function boundsOf(geometry) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  walk(geometry?.coordinates ?? [], ([lon, lat]) => {
    bounds[0] = Math.min(bounds[0], lon);
    bounds[1] = Math.min(bounds[1], lat);
    bounds[2] = Math.max(bounds[2], lon);
    bounds[3] = Math.max(bounds[3], lat);
  });
  return Number.isFinite(bounds[0]) ? bounds : null;
}

/** "w,s,e,n" → numbers; null when it is not four of them in order. */
export function parseBounds(text) {
  const bounds = (text ?? "").split(",").map((part) => (part.trim() ? Number(part) : Number.NaN));
  const fine = bounds.length === 4 && bounds.every(Number.isFinite);
  return fine && bounds[0] <= bounds[2] && bounds[1] <= bounds[3] ? bounds : null;
}

/** Middle of a geometry's bounds: where a label goes when the server names no better place. */
export function middleOf(geometry) {
  const bounds = boundsOf(geometry);
  return bounds && [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2];
}

/** Whether a place lies inside a Polygon or MultiPolygon; holes are outside. */
export function contains(geometry, place) {
  const polygons = { Polygon: [geometry?.coordinates], MultiPolygon: geometry?.coordinates };
  return (polygons[geometry?.type] ?? []).some(
    (rings) => rings.filter((ring) => isInside(ring, place)).length % 2 === 1,
  );
}

/** Crossings of a ray to the east: odd inside. */
function isInside(ring, [lon, lat]) {
  let inside = false;
  for (let index = 0, last = ring.length - 1; index < ring.length; last = index++) {
    const [[x, y], [u, v]] = [ring[index], ring[last]];
    if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  }
  return inside;
}

function walk(coordinates, visit) {
  if (typeof coordinates[0] === "number") visit(coordinates);
  else for (const part of coordinates) walk(part, visit);
}

/**
 * Tiles {z, x, y} that touch a box [left, top, right, bottom] of world pixels, in a world
 * `world_px` wide; what lies beyond the edge of the world is not asked for.
 */
export function tilesWithin([left, top, right, bottom], z, world_px) {
  const side = world_px / 2 ** z;
  const last = 2 ** z - 1;
  const within = (place) => Math.max(0, Math.min(last, Math.floor(place / side)));
  const tiles = [];
  for (let x = within(left); x <= within(right); x++)
    for (let y = within(top); y <= within(bottom); y++) tiles.push({ z, x, y });
  return tiles;
}

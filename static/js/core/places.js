/** Where institutions stand in a scenario: those of today and what becomes of them. */

import { changeOf } from "#js/core/changes.js";

/**
 * Every place a scenario shows: [{key, name, lat, lon, state, home, institution, index}].
 *
 * `state` is "kept", "closed", "moved" or "opened"; `home` is where a moved one stands today;
 * `index` is the change that opens one.
 */
export function placesOf(institutions, changes, nameNew) {
  const standing = institutions.map((institution) => placeOf(institution, changes));
  const opened = changes.flatMap((change, index) =>
    change.do === "open"
      ? [
          {
            key: `new-${index}`,
            name: change.name || nameNew(index),
            lat: change.lat,
            lon: change.lon,
            state: "opened",
            index,
          },
        ]
      : [],
  );
  return [...standing, ...opened];
}

/** Codes of a kind and of everything beneath it; `kinds` are [{code, parent}]. */
export function familyOf(kinds, code) {
  const family = new Set([code]);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const kind of kinds) if (family.has(kind.parent)) family.add(kind.code);
  }
  return family;
}

function placeOf({ id, name, lat, lon }, changes) {
  const change = changeOf(changes, id);
  const place = { key: String(id), institution: id, name, lat, lon, state: "kept" };
  if (change?.do === "close") return { ...place, state: "closed" };
  if (change?.do !== "move") return place;
  return { ...place, lat: change.lat, lon: change.lon, state: "moved", home: { lat, lon } };
}

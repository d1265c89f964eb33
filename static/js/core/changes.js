/**
 * What a scenario changes: a list of {do, …} as the server keeps it, never altered in place.
 *
 *   {do: "open", lat, lon}                 a new institution of the kind that is asked about
 *   {do: "close", institution}
 *   {do: "move", institution, lat, lon}
 *   {do: "capacity", institution, capacity}
 *
 * In an address: open:55.03,82.92;close:12;move:13:55.01,82.91;capacity:14:50
 */

/** Five digits are a metre: finer than any street network. */
const DIGITS = 5;

/** The list from an address; parts that are no change are left out. */
export function parseChanges(text) {
  return (text ?? "").split(";").map(parseChange).filter(Boolean);
}

export function formatChanges(changes) {
  return changes.map(formatChange).join(";");
}

/** "55.03, 82.92" as a person types it → {lat, lon}; null when it is no place on earth. */
export function parsePlace(text) {
  const parts = (text ?? "").trim().split(/[\s,;]+/);
  const [lat, lon] = parts.map((part) => (part ? Number(part) : Number.NaN));
  const fine = parts.length === 2 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return fine ? { lat: round(lat), lon: round(lon) } : null;
}

export function open(changes, place) {
  return [...changes, { do: "open", ...placed(place) }];
}

/** Take one change back. */
export function drop(changes, index) {
  return changes.filter((_, other) => other !== index);
}

/** Another place for an institution that a change opens. */
export function shift(changes, index, place) {
  return changes.map((change, other) =>
    other === index ? { ...change, ...placed(place) } : change,
  );
}

export function move(changes, institution, place) {
  return [...without(changes, institution), { do: "move", institution, ...placed(place) }];
}

/** Close an institution, or leave it open after all. */
export function toggleClosed(changes, institution) {
  const isClosed = changeOf(changes, institution)?.do === "close";
  const rest = without(changes, institution);
  return isClosed ? rest : [...rest, { do: "close", institution }];
}

/** What happens to the place or the doors of an institution; undefined where nothing does. */
export function changeOf(changes, institution) {
  return changes.find((change) => isAbout(change, institution) && change.do !== "capacity");
}

function without(changes, institution) {
  return changes.filter((change) => !isAbout(change, institution) || change.do === "capacity");
}

function isAbout(change, institution) {
  return change.institution === institution;
}

function parseChange(text) {
  const [verb, ...rest] = text.split(":");
  const institution = /^\d+$/.test(rest[0] ?? "") ? Number(rest[0]) : null;
  if (verb === "open") {
    const place = parsePlace(rest[0]);
    return place && { do: "open", ...place };
  }
  if (institution === null) return null;
  if (verb === "close") return { do: "close", institution };
  if (verb === "move") {
    const place = parsePlace(rest[1]);
    return place && { do: "move", institution, ...place };
  }
  const capacity = Number(rest[1] || Number.NaN);
  return verb === "capacity" && capacity >= 0 ? { do: "capacity", institution, capacity } : null;
}

function formatChange({ do: verb, institution, lat, lon, capacity }) {
  const place = lat === undefined ? null : `${round(lat)},${round(lon)}`;
  return [verb, institution, place, capacity]
    .filter((part) => part !== undefined && part !== null)
    .join(":");
}

function placed({ lat, lon }) {
  return { lat: round(lat), lon: round(lon) };
}

function round(degrees) {
  return Number(degrees.toFixed(DIGITS));
}

/**
 * What a scenario changes: a list of {do, …} as the server keeps it, never altered in place.
 *
 *   {do: "open", lat, lon, capacity?, hours?}   a new institution of the kind asked about
 *   {do: "close", institution}
 *   {do: "move", institution, lat, lon}
 *   {do: "capacity", institution, capacity}
 *   {do: "hours", institution, hours}           when it is open, in words such as Mo-Fr 10:00-19:00
 *
 * In an address: open:55.03,82.92:60;close:12;move:13:55.01,82.91;capacity:14:50;hours:15:Mo-Fr…
 */

/** Five digits are a metre: finer than any street network. */
const DIGITS = 5;

/** What is done to a place or its doors: of one institution, one of them at a time. */
const DOORS = ["close", "move"];

export const MOST_SEATS = 1_000_000;

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

/** "60" as a person types it → 60; null when it is no number of seats. */
export function parseSeats(text) {
  const digits = (text ?? "").trim();
  const seats = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return seats <= MOST_SEATS ? seats : null;
}

/** Another capacity or other hours for what a change opens or changes; null takes them back. */
export function refine(changes, index, name, value) {
  const change = { ...changes[index], [name]: value };
  if (value === null && change.do !== "open") return drop(changes, index);
  if (value === null) delete change[name];
  return changes.map((other, number) => (number === index ? change : other));
}

/** Another capacity, or other hours, of an institution of today; the last one said counts. */
export function setSeats(changes, institution, capacity) {
  return [...without(changes, institution, "capacity"), { do: "capacity", institution, capacity }];
}

export function setHours(changes, institution, hours) {
  return [...without(changes, institution, "hours"), { do: "hours", institution, hours }];
}

/** Another place for an institution that a change opens. */
export function shift(changes, index, place) {
  return changes.map((change, other) =>
    other === index ? { ...change, ...placed(place) } : change,
  );
}

export function move(changes, institution, place) {
  return [
    ...without(changes, institution, ...DOORS),
    { do: "move", institution, ...placed(place) },
  ];
}

/** Close an institution, or leave it open after all. */
export function toggleClosed(changes, institution) {
  const isClosed = changeOf(changes, institution)?.do === "close";
  const rest = without(changes, institution, ...DOORS);
  return isClosed ? rest : [...rest, { do: "close", institution }];
}

/** Leave an institution where it stands today. */
export function putBack(changes, institution) {
  return without(changes, institution, ...DOORS);
}

/** What happens to the place or the doors of an institution; undefined where nothing does. */
export function changeOf(changes, institution) {
  return changes.find((change) => isAbout(change, institution, DOORS));
}

function without(changes, institution, ...verbs) {
  return changes.filter((change) => !isAbout(change, institution, verbs));
}

function isAbout(change, institution, verbs) {
  return change.institution === institution && verbs.includes(change.do);
}

function parseChange(text) {
  const [verb, ...rest] = text.split(":");
  if (verb === "open") return parseOpening(rest);
  const institution = /^\d+$/.test(rest[0] ?? "") ? Number(rest[0]) : null;
  if (institution === null) return null;
  if (verb === "close") return { do: "close", institution };
  if (verb === "move") {
    const place = parsePlace(rest[1]);
    return place && { do: "move", institution, ...place };
  }
  if (verb === "hours") {
    const hours = decoded(rest[1]);
    return hours && { do: "hours", institution, hours };
  }
  const capacity = parseSeats(rest[1]);
  return verb === "capacity" && capacity !== null
    ? { do: "capacity", institution, capacity }
    : null;
}

function parseOpening([where, seats, hours]) {
  const place = parsePlace(where);
  if (!place) return null;
  const said = { capacity: parseSeats(seats), hours: decoded(hours) };
  const known = Object.entries(said).filter(([, value]) => value !== null && value !== "");
  return { do: "open", ...place, ...Object.fromEntries(known) };
}

/** Hours hold colons and semicolons, so in an address they stand in code. */
function decoded(text) {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return "";
  }
}

function formatChange({ do: verb, institution, lat, lon, capacity, hours }) {
  const place = lat === undefined ? null : `${round(lat)},${round(lon)}`;
  const said = hours && encodeURIComponent(hours);
  const parts =
    verb === "open"
      ? [verb, place, capacity ?? "", said ?? ""]
      : [verb, institution, place, capacity, said];
  return parts
    .filter((part) => part !== undefined && part !== null)
    .join(":")
    .replace(/:+$/, "");
}

function placed({ lat, lon }) {
  return { lat: round(lat), lon: round(lon) };
}

function round(degrees) {
  return Number(degrees.toFixed(DIGITS));
}

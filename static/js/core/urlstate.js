/**
 * What is on the screen, as the query of its address: a shared link restores it.
 *
 *   kind, minutes, group, by   the question; null where the server's default holds
 *   layers                     keys of the layers switched on; null = the server's default
 *   at                         {lat, lon, zoom} of the map; null = the whole city
 *   sel                        {type, id} of the open card; null = the list
 */

export const QUESTION = ["kind", "minutes", "group", "by"];
const VIEW = ["layers", "at", "sel"];

export function parseState(search) {
  const query = new URLSearchParams(search);
  const state = { layers: parseLayers(query.get("layers")), at: parseAt(query.get("at")) };
  for (const key of QUESTION) state[key] = query.get(key) || null;
  state.sel = parseSelection(query.get("sel"));
  return state;
}

/** The query string without "?", in one fixed order, so equal states have equal addresses. */
export function formatState(state) {
  return writeQuery([...questionPairs(state), ...viewPairs(state)]);
}

/** `url` with the question added to whatever query it already has. */
export function withQuestion(url, state) {
  const [path, search = ""] = url.split("?");
  const query = new URLSearchParams(search);
  for (const [key, value] of questionPairs(state)) query.set(key, value);
  const text = writeQuery([...query]);
  return text ? `${path}?${text}` : path;
}

/** `url` with what is shown — layers, at, sel — in place of what its query says of it. */
export function withView(url, state) {
  const [path, search = ""] = url.split("?");
  const kept = [...new URLSearchParams(search)].filter(([key]) => !VIEW.includes(key));
  const text = writeQuery([...kept, ...viewPairs(state)]);
  return text ? `${path}?${text}` : path;
}

/** "institution:12" → {type: "institution", id: "12"}; null when it is not of that form. */
export function parseSelection(text) {
  const match = /^([a-z]+):([\w-]+)$/.exec(text ?? "");
  return match ? { type: match[1], id: match[2] } : null;
}

function viewPairs(state) {
  const pairs = [];
  if (state.layers) pairs.push(["layers", state.layers.join(",")]);
  if (state.at) pairs.push(["at", formatAt(state.at)]);
  if (state.sel) pairs.push(["sel", `${state.sel.type}:${state.sel.id}`]);
  return pairs;
}

function questionPairs(state) {
  return QUESTION.filter((key) => state[key]).map((key) => [key, state[key]]);
}

function parseLayers(text) {
  if (text === null) return null;
  return text.split(",").filter((key) => /^[\w-]+$/.test(key));
}

function parseAt(text) {
  const numbers = (text ?? "").split(",").map((part) => (part.trim() ? Number(part) : Number.NaN));
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return null;
  const [lat, lon, zoom] = numbers;
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180 || zoom < 0 || zoom > 22) return null;
  return { lat, lon, zoom };
}

function formatAt({ lat, lon, zoom }) {
  return [round(lat, 5), round(lon, 5), round(zoom, 2)].join(",");
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}

/** Commas and colons stay readable: they mean nothing in a query. */
function writeQuery(pairs) {
  return new URLSearchParams(pairs)
    .toString()
    .replaceAll("%2C", ",")
    .replaceAll("%3A", ":")
    .replaceAll("%3B", ";");
}

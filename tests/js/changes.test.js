import assert from "node:assert/strict";
import test from "node:test";
import {
  changeOf,
  drop,
  formatChanges,
  move,
  open,
  parseChanges,
  parsePlace,
  shift,
  toggleClosed,
} from "#js/core/changes.js";

const ADDRESS = "open:55.03,82.92;close:12;move:13:55.01,82.91;capacity:14:50";

test("a shared address brings back the very changes", () => {
  const changes = parseChanges(ADDRESS);
  assert.deepEqual(changes, [
    { do: "open", lat: 55.03, lon: 82.92 },
    { do: "close", institution: 12 },
    { do: "move", institution: 13, lat: 55.01, lon: 82.91 },
    { do: "capacity", institution: 14, capacity: 50 },
  ]);
  assert.equal(formatChanges(changes), ADDRESS);
});

test("what is no change is left out, the rest stays", () => {
  assert.deepEqual(parseChanges("open:north;close:x;burn:3;move:4;capacity:5;close:7"), [
    { do: "close", institution: 7 },
  ]);
  assert.deepEqual(parseChanges(null), []);
});

test("an institution is closed once and opened again by the same press", () => {
  const closed = toggleClosed([], 5);
  assert.deepEqual(closed, [{ do: "close", institution: 5 }]);
  assert.deepEqual(toggleClosed(closed, 5), []);
});

test("who moves is not closed, and moves only once", () => {
  const changes = move(move(toggleClosed([], 5), 5, { lat: 1, lon: 2 }), 5, { lat: 3, lon: 4 });
  assert.deepEqual(changes, [{ do: "move", institution: 5, lat: 3, lon: 4 }]);
  assert.equal(changeOf(changes, 5).do, "move");
  assert.equal(changeOf(changes, 6), undefined);
});

test("an opened place is dragged and dropped without touching the others", () => {
  const two = open(open([], { lat: 55.1234567, lon: 82.9 }), { lat: 55.2, lon: 82.8 });
  assert.equal(two[0].lat, 55.12346);
  const dragged = shift(two, 1, { lat: 55.3, lon: 82.7 });
  assert.deepEqual(dragged[1], { do: "open", lat: 55.3, lon: 82.7 });
  assert.equal(two[1].lat, 55.2);
  assert.deepEqual(drop(dragged, 1), [two[0]]);
});

test("a place is typed as people write it", () => {
  assert.deepEqual(parsePlace(" 55.03,  82.92 "), { lat: 55.03, lon: 82.92 });
  assert.deepEqual(parsePlace("55.03 82.92"), { lat: 55.03, lon: 82.92 });
  for (const text of ["", "55.03", "95, 82", "55, 182", "a, b", "1,2,3", null])
    assert.equal(parsePlace(text), null);
});

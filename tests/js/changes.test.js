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
  parseSeats,
  putBack,
  refine,
  setHours,
  setSeats,
  shift,
  toggleClosed,
} from "#js/core/changes.js";

const ADDRESS =
  "open:55.03,82.92;close:12;move:13:55.01,82.91;capacity:14:50;open:55.04,82.93:60;" +
  "open:55.05,82.94::Sa%2010%3A00-18%3A00;hours:15:Mo-Fr%2010%3A00-19%3A00%3B%20PH%20off";

test("a shared address brings back the very changes", () => {
  const changes = parseChanges(ADDRESS);
  assert.deepEqual(changes, [
    { do: "open", lat: 55.03, lon: 82.92 },
    { do: "close", institution: 12 },
    { do: "move", institution: 13, lat: 55.01, lon: 82.91 },
    { do: "capacity", institution: 14, capacity: 50 },
    { do: "open", lat: 55.04, lon: 82.93, capacity: 60 },
    { do: "open", lat: 55.05, lon: 82.94, hours: "Sa 10:00-18:00" },
    { do: "hours", institution: 15, hours: "Mo-Fr 10:00-19:00; PH off" },
  ]);
  assert.equal(formatChanges(changes), ADDRESS);
});

test("what is no change is left out, the rest stays", () => {
  assert.deepEqual(
    parseChanges("open:north;close:x;burn:3;move:4;capacity:5;hours:6:%;capacity:5:-1;close:7"),
    [{ do: "close", institution: 7 }],
  );
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

test("seats and hours are said beside the place, and the last word counts", () => {
  const moved = move(setSeats(setSeats([], 5, 10), 5, 20), 5, { lat: 1, lon: 2 });
  const both = setHours(moved, 5, "Mo 10:00-12:00");
  assert.deepEqual(both, [
    { do: "capacity", institution: 5, capacity: 20 },
    { do: "move", institution: 5, lat: 1, lon: 2 },
    { do: "hours", institution: 5, hours: "Mo 10:00-12:00" },
  ]);
  assert.equal(changeOf(both, 5).do, "move");
  assert.deepEqual(
    putBack(both, 5).map((change) => change.do),
    ["capacity", "hours"],
  );
});

test("what is said of a line is changed and taken back in that line", () => {
  const changes = setSeats(open([], { lat: 1, lon: 2 }), 7, 30);
  const said = refine(changes, 0, "capacity", 40);
  assert.deepEqual(said[0], { do: "open", lat: 1, lon: 2, capacity: 40 });
  assert.deepEqual(refine(said, 0, "capacity", null)[0], { do: "open", lat: 1, lon: 2 });
  assert.equal(refine(said, 1, "capacity", 0)[1].capacity, 0);
  assert.equal(refine(said, 1, "capacity", null).length, 1);
});

test("seats are whole numbers as people write them", () => {
  assert.equal(parseSeats(" 60 "), 60);
  assert.equal(parseSeats("0"), 0);
  for (const text of ["", "-1", "1.5", "many", "1000001", null])
    assert.equal(parseSeats(text), null);
});

import assert from "node:assert/strict";
import test from "node:test";
import { familyOf, placesOf } from "#js/core/places.js";

const TODAY = [
  { id: 1, name: "One", lat: 55, lon: 82 },
  { id: 2, name: "Two", lat: 55.1, lon: 82.1 },
  { id: 3, name: "Three", lat: 55.2, lon: 82.2 },
];

test("today is shown where nothing changes", () => {
  const places = placesOf(TODAY, [], String);
  assert.deepEqual(
    places.map(({ key, state, lat }) => [key, state, lat]),
    [
      ["1", "kept", 55],
      ["2", "kept", 55.1],
      ["3", "kept", 55.2],
    ],
  );
});

test("closed, moved and opened places say so; a moved one remembers its home", () => {
  const changes = [
    { do: "close", institution: 1 },
    { do: "open", lat: 54, lon: 81 },
    { do: "move", institution: 3, lat: 56, lon: 83 },
    { do: "capacity", institution: 2, capacity: 9 },
  ];
  const places = placesOf(TODAY, changes, (index) => `New ${index}`);
  assert.deepEqual(
    places.map(({ state }) => state),
    ["closed", "kept", "moved", "opened"],
  );
  assert.deepEqual(places[2].home, { lat: 55.2, lon: 82.2 });
  assert.deepEqual([places[2].lat, places[3].name, places[3].index], [56, "New 1", 1]);
});

test("a kind comes with everything beneath it, in whatever order kinds are listed", () => {
  const kinds = [
    { code: "toy", parent: "children" },
    { code: "children", parent: "library" },
    { code: "library", parent: "" },
    { code: "museum", parent: "" },
  ];
  assert.deepEqual([...familyOf(kinds, "library")].sort(), ["children", "library", "toy"]);
  assert.deepEqual([...familyOf(kinds, "museum")], ["museum"]);
});

import assert from "node:assert/strict";
import test from "node:test";

import { groupPoints, mixOf, partsOf } from "#js/core/cluster.js";
import { tilesWithin } from "#js/core/geometry.js";
import { formatClock } from "#js/core/moments.js";

const LAYER = {
  type: "institution",
  kinds: {
    library: { color: "#111111", icon: "library" },
    museum: { color: "#222222", icon: "museum" },
    theatre: { color: "#333333", icon: "theatre" },
  },
  asked: ["library"],
  only: null,
};
const CLUSTER = { id: undefined, props: { count: 15, mix: "library:12,museum:2,theatre:1" } };

test("a point of a tile is one thing that can be opened", () => {
  const [point, ...others] = partsOf({ id: 7, props: { kind: "museum", name: "Музей" } }, LAYER);

  assert.deepEqual(point.sel, { type: "institution", id: "7" });
  assert.equal(point.isLone, true);
  assert.equal(point.properties.icon, "museum");
  assert.equal(point.properties.asked, false);
  assert.equal(others.length, 0);
});

test("a cluster falls into what was asked and the rest, and nobody is lost", () => {
  const [asked, rest] = partsOf(CLUSTER, LAYER);

  assert.deepEqual([asked.count, rest.count], [12, 3]);
  assert.deepEqual([asked.properties.asked, rest.properties.asked], [true, false]);
  assert.equal(asked.isLone, false);
});

test("a filter by kind counts the shown kinds alone", () => {
  const parts = partsOf(CLUSTER, { ...LAYER, only: ["museum"] });

  assert.deepEqual(
    parts.map(({ count }) => count),
    [2],
  );
  assert.deepEqual(partsOf(CLUSTER, { ...LAYER, only: [] }), []);
});

test("a kind nobody has described is drawn all the same", () => {
  const [point] = partsOf({ id: 1, props: { kind: "planetarium" } }, LAYER);

  assert.match(point.color, /^#/);
});

test("groups weigh clusters by how many they stand for", () => {
  const [group] = groupPoints(
    [
      { x: 2, y: 2, count: 3, parts: [{ color: "red", count: 3 }] },
      { x: 6, y: 6, count: 1, parts: [{ color: "blue", count: 1 }] },
    ],
    10,
  );

  assert.equal(group.count, 4);
  assert.deepEqual([group.x, group.y], [3, 3]);
  assert.deepEqual(mixOf(group.members), [
    { color: "red", share: 0.75 },
    { color: "blue", share: 0.25 },
  ]);
});

test("tiles that touch a window, and none beyond the edge of the world", () => {
  assert.deepEqual(tilesWithin([10, 10, 130, 20], 1, 256), [
    { z: 1, x: 0, y: 0 },
    { z: 1, x: 1, y: 0 },
  ]);
  assert.deepEqual(tilesWithin([-500, -500, -10, -10], 1, 256), [{ z: 1, x: 0, y: 0 }]);
});

test("a clock is read in the city's own time and the reader's language", () => {
  assert.equal(formatClock("2026-06-05T18:00", "ru"), "пт, 5 июня, 18:00");
  assert.equal(formatClock("2026-06-05T18:00", "en"), "Fri, 5 June, 18:00");
  assert.equal(formatClock("soon", "en"), "");
});

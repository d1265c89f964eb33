import assert from "node:assert/strict";
import test from "node:test";
import { groupPoints, mixOf } from "#js/core/cluster.js";
import { boundsOf, contains, middleOf, parseBounds } from "#js/core/geometry.js";
import { covers, placeLabels } from "#js/core/labels.js";

const SQUARE = {
  type: "MultiPolygon",
  coordinates: [
    [
      [
        [82, 54],
        [84, 54],
        [84, 56],
        [82, 56],
        [82, 54],
      ],
    ],
  ],
};

test("no point is lost when points are gathered", () => {
  const points = Array.from({ length: 100 }, (_, index) => ({
    x: index * 7,
    y: (index * 13) % 90,
  }));
  const groups = groupPoints(points, 30);
  assert.equal(groups.flatMap((group) => group.members).length, 100);
  assert.ok(groups.length < 100);
});

test("neighbours are gathered and strangers are not", () => {
  const groups = groupPoints(
    [
      { x: 1, y: 1 },
      { x: 5, y: 3 },
      { x: 200, y: 200 },
    ],
    30,
  );
  assert.deepEqual(
    groups.map(({ x, y, members }) => [x, y, members.length]),
    [
      [3, 2, 2],
      [200, 200, 1],
    ],
  );
});

test("a group shows its mix of kinds, the commonest first", () => {
  const mix = mixOf([{ color: "red" }, { color: "blue" }, { color: "red" }, { color: "red" }]);
  assert.deepEqual(mix, [
    { color: "red", share: 0.75 },
    { color: "blue", share: 0.25 },
  ]);
});

test("bounds and middle of a territory", () => {
  assert.deepEqual(boundsOf(SQUARE), [82, 54, 84, 56]);
  assert.deepEqual(middleOf(SQUARE), [83, 55]);
  assert.equal(boundsOf({ type: "MultiPolygon", coordinates: [] }), null);
  assert.equal(middleOf(null), null);
});

test("bounds of a city come as four numbers in order, or not at all", () => {
  assert.deepEqual(parseBounds("82.7,54.8,83.1,55.2"), [82.7, 54.8, 83.1, 55.2]);
  for (const text of ["", undefined, "82,54,83", "83,54,82,55", "a,b,c,d", "82,,83,55"])
    assert.equal(parseBounds(text), null);
});

const label = (x, weight) => ({
  x,
  y: 0,
  weight,
  sizes: [
    { width: 100, height: 30 },
    { width: 30, height: 20 },
  ],
});

const formsOf = (labels) => placeLabels(labels).map((box) => box?.form ?? -1);

test("labels apart are all shown in full", () => {
  assert.deepEqual(formsOf([label(0, 1), label(200, 2)]), [0, 0]);
});

test("the weightier label keeps its words, its neighbour keeps the figure", () => {
  assert.deepEqual(formsOf([label(0, 1), label(80, 9)]), [1, 0]);
});

test("where even the figure would lie over another, there is none", () => {
  assert.deepEqual(formsOf([label(0, 1), label(10, 9)]), [-1, 0]);
});

test("a form without room is passed over", () => {
  const narrow = { x: 0, y: 0, weight: 1, sizes: [null, { width: 30, height: 20 }] };
  assert.deepEqual(formsOf([narrow]), [1]);
});

test("a label moves off a pin, but only where it still lies in its territory", () => {
  const pin = { x: 0, y: 0, radius: 10 };
  const southOnly = { ...label(0, 1), holds: (_x, y) => y > 0 };
  const [moved] = placeLabels([southOnly], [pin]);
  assert.ok(moved.y > 0);
  assert.ok(!covers(moved, pin));

  const [stays] = placeLabels([label(0, 1)], [pin]);
  assert.deepEqual([stays.x, stays.y], [0, 0]);
  assert.ok(covers(stays, pin));
});

test("a place is inside a territory, and outside its hole", () => {
  const holed = {
    type: "MultiPolygon",
    coordinates: [
      [
        SQUARE.coordinates[0][0],
        [
          [82.9, 54.9],
          [83.1, 54.9],
          [83.1, 55.1],
          [82.9, 55.1],
          [82.9, 54.9],
        ],
      ],
    ],
  };
  assert.ok(contains(holed, [82.2, 54.2]));
  assert.ok(!contains(holed, [83, 55]));
  assert.ok(!contains(holed, [85, 55]));
  assert.ok(!contains({ type: "Point", coordinates: [83, 55] }, [83, 55]));
});

import assert from "node:assert/strict";
import test from "node:test";
import { formatState, parseSelection, parseState, withQuestion } from "#js/core/urlstate.js";

const SHARED =
  "kind=library&minutes=15&group=children&by=tos&layers=coverage,tos&at=55.03,82.92,11.5&sel=district:7";

test("a shared link survives the way through the state unchanged", () => {
  assert.equal(formatState(parseState(`?${SHARED}`)), SHARED);
});

test("an empty address leaves every choice to the server", () => {
  assert.deepEqual(parseState(""), {
    kind: null,
    minutes: null,
    group: null,
    by: null,
    layers: null,
    at: null,
    sel: null,
  });
  assert.equal(formatState(parseState("")), "");
});

test("all layers switched off is not the same as the default layers", () => {
  assert.deepEqual(parseState("?layers=").layers, []);
  assert.equal(formatState({ layers: [] }), "layers=");
});

test("a position that cannot be on Earth is dropped, the rest is kept", () => {
  for (const at of ["95,82,11", "55,82", "55,eighty,11", "55,,11", "55,82,99"])
    assert.equal(parseState(`?kind=museum&at=${at}`).at, null, at);
  assert.equal(parseState("?kind=museum&at=nowhere").kind, "museum");
});

test("a selection names a type and an id, nothing else", () => {
  assert.deepEqual(parseSelection("cell:8829a1d5-f"), { type: "cell", id: "8829a1d5-f" });
  for (const text of ["district", "district:", ":7", "a/b:7", "district:../7", null])
    assert.equal(parseSelection(text), null);
});

test("the map's place is rounded to what a screen can show", () => {
  const at = { lat: 55.030000001, lon: 82.9199999999, zoom: 11.5 };
  assert.equal(formatState({ at }), "at=55.03,82.92,11.5");
});

test("the question replaces what an address already asks and keeps the rest", () => {
  const url = withQuestion("/data/x.geojson?kind=museum&lang=ru&v=2", parseState("?kind=library"));
  assert.equal(url, "/data/x.geojson?kind=library&lang=ru&v=2");
  assert.equal(withQuestion("/panel/", parseState("")), "/panel/");
});

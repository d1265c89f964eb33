import assert from "node:assert/strict";
import test from "node:test";
import { fillIn } from "#js/core/sentences.js";

test("figures take their places in a sentence", () => {
  assert.equal(
    fillIn("{after} вместо {before}", { before: "58 %", after: "62 %" }),
    "62 % вместо 58 %",
  );
  assert.equal(fillIn("{people} людей", {}), "{people} людей");
  assert.equal(fillIn(undefined, {}), "");
});

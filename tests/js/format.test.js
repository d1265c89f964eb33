import assert from "node:assert/strict";
import test from "node:test";
import { formatCount, formatMinutes, formatShare } from "#js/core/format.js";

test("thousands are parted by a thin space in Russian, by a comma in English", () => {
  assert.equal(formatCount(12400, "ru"), "12\u202f400");
  assert.equal(formatCount(1584138, "en"), "1,584,138");
  assert.equal(formatCount(999.6, "ru"), "1\u202f000");
  assert.equal(formatCount(70, "ru"), "70");
});

test("no data is said in words and zero stays a number", () => {
  assert.equal(formatCount(null, "ru", "нет данных"), "нет данных");
  assert.equal(formatCount(undefined, "ru", "нет данных"), "нет данных");
  assert.equal(formatCount(Number.NaN, "ru", "нет данных"), "нет данных");
  assert.equal(formatCount(0, "ru", "нет данных"), "0");
});

test("a small loss does not become minus zero", () => {
  assert.equal(formatCount(-0.2, "ru"), "0");
  assert.equal(formatCount(-12400, "en"), "−12,400");
});

test("per cent stands apart in Russian and close in English", () => {
  assert.equal(formatShare(0.583, "ru"), "58\u00a0%");
  assert.equal(formatShare(0.583, "en"), "58%");
});

test("nearly nobody is not nobody, nearly everybody is not everybody", () => {
  assert.equal(formatShare(0.001, "ru"), "<\u00a01\u00a0%");
  assert.equal(formatShare(0.9999, "en"), ">\u00a099%");
  assert.equal(formatShare(0, "ru"), "0\u00a0%");
  assert.equal(formatShare(1, "ru"), "100\u00a0%");
  assert.equal(formatShare(null, "ru", "нет данных"), "нет данных");
});

test("a way that does not exist has no minutes", () => {
  assert.equal(formatMinutes(null, "мин", "нет пути"), "нет пути");
  assert.equal(formatMinutes(Infinity, "мин", "нет пути"), "нет пути");
  assert.equal(formatMinutes(12.4, "мин"), "12\u00a0мин");
  assert.equal(formatMinutes(0.3, "min"), "<\u00a01\u00a0min");
  assert.equal(formatMinutes(0, "min"), "0\u00a0min");
});

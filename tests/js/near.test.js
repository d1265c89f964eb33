import assert from "node:assert/strict";
import test from "node:test";
import { addressOf, isKept, parseFavourites, toggle } from "#js/core/favourites.js";
import { formatMoment } from "#js/core/moments.js";
import { originOf, questionOf, withFilters, withOrigin } from "#js/core/nearquery.js";
import { markedParts, nextIndex, partsBySpans, remember } from "#js/core/suggestions.js";

const marked = (label, query) =>
  markedParts(label, query)
    .map(({ text, marked }) => (marked ? `[${text}]` : text))
    .join("");

test("what was typed is marked where a word of the name begins with it", () => {
  assert.equal(marked("улица Ватутина", "ват"), "улица [Ват]утина");
  assert.equal(marked("Площадь Маркса", "марк пл"), "[Пл]ощадь [Марк]са");
  assert.equal(marked("Зелёная горка", "зеленая"), "[Зелёная] горка");
  assert.equal(marked("Ватутина", "тут"), "Ватутина");
  assert.equal(marked("Library no. 5", ""), "Library no. 5");
});

test("marking loses no letter of the name", () => {
  for (const label of ["Дом №5/1, корп. «Б»", "ёлка-Ель", "  two  spaces ", ""])
    for (const query of ["д", "ель ёл", "two", "(", "5"])
      assert.equal(
        markedParts(label, query)
          .map(({ text }) => text)
          .join(""),
        label,
      );
});

test("spans of the server cut the name where they say", () => {
  assert.deepEqual(partsBySpans("улица Ватутина", [[6, 14]]), [
    { text: "улица ", marked: false },
    { text: "Ватутина", marked: true },
  ]);
  assert.deepEqual(partsBySpans("А", []), [{ text: "А", marked: false }]);
});

test("arrows pass the list and come back to the box", () => {
  assert.deepEqual(
    [-1, 0, 1].map((index) => nextIndex("ArrowDown", index, 2)),
    [0, 1, -1],
  );
  assert.deepEqual(
    [-1, 1, 0].map((index) => nextIndex("ArrowUp", index, 2)),
    [1, 0, -1],
  );
  assert.equal(nextIndex("ArrowDown", -1, 0), -1);
});

test("the last places stand first, each once", () => {
  const places = ["а", "б", "в", "а"].reduce((list, label) => remember(list, { label }, 2), []);
  assert.deepEqual(
    places.map(({ label }) => label),
    ["а", "в"],
  );
});

test("the place asked from is read from the address, or there is none", () => {
  assert.deepEqual(originOf("?from=55.01,82.93&place=улица"), {
    lat: 55.01,
    lon: 82.93,
    label: "улица",
  });
  for (const bad of [
    "",
    "?from=",
    "?from=55",
    "?from=55,82,1",
    "?from=95,82",
    "?from=a,b",
    "?from=,",
  ])
    assert.equal(originOf(bad), null, bad);
});

test("another place keeps the filters and leaves the old card", () => {
  const next = withOrigin("?kind=library&open=1&sel=institution:4&at=55,82,12&page=2&q=ват", {
    lat: 54.123456789,
    lon: 83,
    label: "Площадь",
  });
  assert.equal(
    next,
    `?kind=library&open=1&from=54.12346,83&place=${encodeURIComponent("Площадь")}`,
  );
});

test("other filters keep the place and the map; empty ones leave the address", () => {
  const next = withFilters("?from=54,83&place=x&open=1&at=55,82,12&sel=event:1", [
    ["from", "1,1"],
    ["kind", "library"],
    ["kind", "museum"],
    ["age", ""],
  ]);
  assert.equal(next, "?kind=library&kind=museum&from=54,83&place=x&at=55,82,12");
  assert.equal(withFilters("?open=1", []), "");
});

test("equal questions have equal addresses whatever is looked at", () => {
  assert.equal(
    questionOf("?open=1&kind=b&kind=a&sel=institution:1&at=1,2,3&page=3"),
    questionOf("?kind=b&kind=a&open=1"),
  );
  assert.notEqual(questionOf("?kind=a"), questionOf("?kind=b"));
});

test("a favourite is added once and taken away by the same button", () => {
  const library = { type: "institution", id: "1", title: "Библиотека", url: "/town/card/1/" };
  const once = toggle([], library);
  assert.ok(isKept(once, library));
  assert.equal(once[0].note, "");
  assert.deepEqual(toggle(once, library), []);
});

test("what is stored badly is left out, and leads nowhere but to our own pages", () => {
  for (const text of [null, "", "{", "5", '{"a":1}', "[null]"])
    assert.deepEqual(parseFavourites(text), []);
  const stored = JSON.stringify([
    { title: "x", url: "javascript:alert(1)" },
    { title: "x", url: "//elsewhere.example/" },
    { title: "x", url: "/town/" },
  ]);
  assert.deepEqual(
    parseFavourites(stored).map(({ url }) => url),
    ["/town/"],
  );
});

test("a thing has one address, whatever question it was reached by", () => {
  assert.equal(addressOf("/town/card/institution/1/?near=a%3D1#x"), "/town/card/institution/1/");
});

test("a moment is told as people of the language write it", () => {
  const told = formatMoment("2026-11-22T07:05:00.000Z", "ru", "Asia/Novosibirsk");
  assert.equal(told, "22.11.2026, 14:05");
  assert.equal(formatMoment("nonsense", "ru"), "");
});

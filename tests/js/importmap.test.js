import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const ROOT = new URL("../../", import.meta.url);

test("every module that another one imports has a name in the pages' import map", () => {
  const map = readFileSync(new URL("templates/_importmap.html", ROOT), "utf-8");
  const folder = new URL("static/js/", ROOT);
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  const imported = new Set();
  for (const file of files)
    for (const [, name] of readFileSync(new URL(file, folder), "utf-8").matchAll(
      /(?:from |import\()"(#js\/[^"]+)"/g,
    ))
      imported.add(name);
  const named = [...map.matchAll(/"(#js\/[^"]+)": "\{% static "([^"]+)" %\}"/g)];
  assert.deepEqual(named.map(([, name]) => name).sort(), [...imported].sort());
  for (const [, name, path] of named) assert.equal(`#${path}`, name);
});

test("only api.js and the service worker ask the server", () => {
  const folder = new URL("static/js/", ROOT);
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  const fetching = files.filter((name) =>
    /\bfetch\(/.test(readFileSync(new URL(name, folder), "utf-8")),
  );
  assert.deepEqual(fetching.sort(), ["api.js", "sw/worker.js"]);
});

test("only map/ touches Leaflet", () => {
  const folder = new URL("static/js/", ROOT);
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  const touching = files.filter((name) =>
    /\bL\.\w|globalThis/.test(readFileSync(new URL(name, folder), "utf-8")),
  );
  assert.ok(touching.length > 0);
  assert.deepEqual(
    touching.filter((name) => !name.startsWith("map/")),
    [],
  );
});

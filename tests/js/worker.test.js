/** The service worker over stores and a network of a few lines each. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../static/js/sw/worker.js", import.meta.url), "utf-8");
const ORIGIN = "https://atlas.example";
const MADE = "Sun, 22 Nov 2026 07:05:00 GMT";

class Store extends Map {
  async match(key) {
    return this.get(absolute(key))?.clone();
  }
  async put(key, answer) {
    this.delete(absolute(key));
    this.set(absolute(key), answer);
  }
  async keys() {
    return [...super.keys()].map((url) => ({ url }));
  }
}

const absolute = (key) => new URL(key, ORIGIN).href;

function createStores() {
  const stores = new Map();
  return {
    open: async (name) => stores.get(name) ?? stores.set(name, new Store()).get(name),
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
    async match(key) {
      for (const store of stores.values()) {
        const found = await store.match(key);
        if (found) return found;
      }
      return undefined;
    },
    stores,
  };
}

/** A worker with its `network`: addresses and what they answer; `away` cuts the connection. */
function startWorker(network = {}) {
  const listeners = {};
  const asked = [];
  const world = {
    caches: createStores(),
    asked,
    away: false,
    async fetch(request) {
      const url = absolute(request.url ?? request);
      asked.push(url);
      if (world.away) throw new TypeError("Failed to fetch");
      const { pathname, search } = new URL(url);
      const [body, init] = [network[pathname + search] ?? network[pathname]].flat(1);
      const answer = new Response(body ?? "", {
        status: body === undefined ? 404 : 200,
        ...init,
        headers: { Date: MADE, ...init?.headers },
      });
      Object.defineProperty(answer, "type", { value: "basic" });
      answer.clone = () => {
        const copy = Response.prototype.clone.call(answer);
        Object.defineProperty(copy, "type", { value: "basic" });
        return copy;
      };
      return answer;
    },
  };
  const self = {
    SHELL: {
      version: "v1",
      files: ["/static/a.0123456789ab.js"],
      pages: ["/offline/", "/en/offline/"],
    },
    location: new URL(ORIGIN),
    clients: { claim: async () => {} },
    addEventListener: (name, listener) => {
      listeners[name] = listener;
    },
  };
  class OwnRequest extends Request {
    constructor(url, init) {
      super(absolute(url), init);
    }
  }
  const context = { self, caches: world.caches, Request: OwnRequest, Response, Headers, URL, Date };
  context.fetch = (...given) => world.fetch(...given);
  vm.runInNewContext(SOURCE, context);
  world.happen = async (name, event = {}) => {
    let work = null;
    listeners[name]({ ...event, waitUntil: (promise) => (work = promise) });
    await work;
  };
  world.ask = async (path, { mode = "cors", method = "GET", headers = {} } = {}) => {
    const request = { url: absolute(path), mode, method, headers: new Headers(headers) };
    let answer = null;
    listeners.fetch({ request, respondWith: (promise) => (answer = promise) });
    return answer && (await answer);
  };
  world.visit = (path) => world.ask(path, { mode: "navigate" });
  world.part = (path) => world.ask(path, { headers: { "X-Requested-With": "fragment" } });
  return world;
}

const NETWORK = {
  "/static/a.0123456789ab.js": "code",
  "/offline/": "<html lang=ru>нет связи",
  "/en/offline/": "<html lang=en>no connection",
  "/town/near/?from=1,2": "<html lang=ru>список",
  "/town/near/": "<html lang=ru>весь город",
  "/town/card/institution/5/": "<html lang=ru>карточка",
  "/data/town/near.geojson": "{}",
  "/tiles/town/1/2/3.mvt?v=4": "tile",
  "/town/planner/": "<html lang=ru>план",
  "/reports/": "<html lang=ru>сообщения",
};

test("the shell is filled at once, and stores of older versions go", async () => {
  const worker = startWorker(NETWORK);
  await worker.caches.open("shell-v0");
  await worker.happen("install");
  assert.deepEqual(worker.asked.map((url) => new URL(url).pathname).sort(), [
    "/en/offline/",
    "/offline/",
    "/static/a.0123456789ab.js",
  ]);
  await worker.happen("activate");
  assert.deepEqual(await worker.caches.keys(), ["shell-v1"]);
});

test("a new version waits until nobody reads pages of the old one", () => {
  assert.doesNotMatch(SOURCE, /skipWaiting/);
});

test("a file whose name names its content is asked for once", async () => {
  const worker = startWorker(NETWORK);
  await worker.happen("install");
  worker.asked.length = 0;
  assert.equal(await (await worker.ask("/static/a.0123456789ab.js")).text(), "code");
  await worker.ask("/tiles/town/1/2/3.mvt?v=4");
  assert.equal(await (await worker.ask("/tiles/town/1/2/3.mvt?v=4")).text(), "tile");
  assert.equal(worker.asked.length, 1);
});

test("with a connection a page always comes from the server, and says nothing of age", async () => {
  const worker = startWorker(NETWORK);
  await worker.visit("/town/near/?from=1,2");
  const again = await worker.visit("/town/near/?from=1,2");
  assert.equal(worker.asked.length, 2);
  assert.equal(again.headers.get("X-Saved-At"), null);
  assert.equal(await again.text(), "<html lang=ru>список");
});

test("without a connection the page seen last comes with the moment it was made", async () => {
  const worker = startWorker(NETWORK);
  await worker.visit("/town/near/?from=1,2");
  worker.away = true;
  const saved = await worker.visit("/town/near/?from=1,2");
  const text = await saved.text();
  assert.equal(saved.headers.get("X-Saved-At"), "2026-11-22T07:05:00.000Z");
  assert.match(text, /^<html data-saved-at="2026-11-22T07:05:00.000Z" /);
  assert.match(text, /data-saved-for="\/town\/near\/\?from=1,2" lang=ru>список$/);
});

test("a page of another question is given as such, for it finds its own answer", async () => {
  const worker = startWorker(NETWORK);
  await worker.visit("/town/near/?from=1,2");
  worker.away = true;
  const text = await (await worker.visit("/town/near/?from=3,4")).text();
  assert.match(text, /data-saved-for="\/town\/near\/\?from=1,2"/);
});

test("the answer of another question is never given for this one", async () => {
  const worker = startWorker(NETWORK);
  await worker.part("/town/near/?from=1,2");
  await worker.ask("/data/town/near.geojson?from=1,2");
  worker.away = true;
  await assert.rejects(worker.part("/town/near/?from=3,4"));
  await assert.rejects(worker.ask("/data/town/near.geojson?from=3,4"));
  assert.ok(await worker.part("/town/near/?from=1,2"));
});

test("a part of a page is not the page, and one language is not the other", async () => {
  const worker = startWorker(NETWORK);
  await worker.happen("install");
  await worker.part("/town/near/");
  await worker.ask("/data/town/near.geojson", { headers: { "Accept-Language": "ru" } });
  worker.away = true;
  assert.match(await (await worker.visit("/town/near/")).text(), /нет связи$/);
  await assert.rejects(
    worker.ask("/data/town/near.geojson", { headers: { "Accept-Language": "en" } }),
  );
});

test("a page nobody opened says that there is no connection, in its language", async () => {
  const worker = startWorker(NETWORK);
  await worker.happen("install");
  worker.away = true;
  assert.match(await (await worker.visit("/town/about/")).text(), /нет связи$/);
  assert.match(await (await worker.visit("/en/town/about/")).text(), /no connection$/);
});

test("what is written, and pages of planners and editors, pass the worker by", async () => {
  const worker = startWorker(NETWORK);
  assert.equal(await worker.ask("/town/near/", { method: "POST", mode: "navigate" }), null);
  for (const path of [
    "/town/planner/",
    "/admin/",
    "/reports/",
    "/i18n/setlang/",
    "/town/report/institution/5/",
  ])
    assert.equal(await worker.visit(path), null, path);
  assert.equal(await worker.ask("/data/town/jobs/1/"), null);
  assert.equal(await worker.ask("https://elsewhere.example/town/near/"), null);
  assert.deepEqual(worker.asked, []);
});

test("errors and what the server forbids to store are not saved", async () => {
  const worker = startWorker({
    "/town/near/": ["<html>ещё нет", { status: 503 }],
    "/town/about/": ["<html>тайна", { headers: { "Cache-Control": "no-store" } }],
  });
  await worker.visit("/town/near/");
  await worker.visit("/town/about/");
  assert.equal((await (await worker.caches.open("seen")).keys()).length, 0);
});

test("a favourite stays, as a page and as a part, until it is dropped", async () => {
  const worker = startWorker(NETWORK);
  await worker.happen("install");
  const urls = ["/town/card/institution/5/"];
  await worker.happen("message", { data: { type: "keep", urls } });
  worker.away = true;
  assert.match(await (await worker.visit(`${urls[0]}?near=x`)).text(), /карточка$/);
  assert.equal(await (await worker.part(`${urls[0]}?near=x`)).text(), "<html lang=ru>карточка");
  await worker.happen("message", { data: { type: "drop", urls } });
  assert.match(await (await worker.visit(urls[0])).text(), /нет связи$/);
});

test("a favourite that is looked at again is saved anew", async () => {
  const network = { ...NETWORK };
  const worker = startWorker(network);
  const url = "/town/card/institution/5/";
  await worker.happen("message", { data: { type: "keep", urls: [url] } });
  network[url] = "<html lang=ru>новые часы";
  await worker.visit(url);
  assert.match(await (await (await worker.caches.open("kept")).match(url)).text(), /новые часы$/);
});

test("what the first page asked before there was a worker is saved afterwards", async () => {
  const worker = startWorker(NETWORK);
  const urls = ["/data/town/near.geojson?a=1", "/town/planner/", "https://elsewhere.example/x"];
  await worker.happen("message", { data: { type: "seen", urls } });
  assert.deepEqual(
    worker.asked.map((url) => new URL(url).pathname),
    ["/data/town/near.geojson"],
  );
});

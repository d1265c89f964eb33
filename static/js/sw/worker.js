/**
 * What works without a connection: the pages' shell, what the reader last looked at, favourites.
 *
 * A classic script that /sw.js reads after it has set `self.SHELL`:
 *
 *   version   changes when any file of the shell does
 *   files     addresses of styles, scripts, fonts, pictures
 *   pages     pages that hold nothing but the shell: favourites, "no connection"
 *
 * The network always comes first, but for files whose address names their content. A saved answer
 * carries the time it was made: as the header X-Saved-At, and on a page as data-saved-at of <html>.
 */

const { version, files, pages } = self.SHELL;

const SHELL = `shell-${version}`;
const SEEN = "seen";
const KEPT = "kept";
const MOST_SEEN = 500;
const MARK = "_part";

/** Pages of residents; planners' and editors' pages are nothing to read by yesterday's figures. */
const PAGE =
  /^\/(en\/)?(|favourites\/|offline\/|(?!admin|i18n|api|ogc|embed|reports)[\w-]+\/(|near\/|panel\/|about\/|card\/.+))$/;
const DATA = /^\/data\/[\w-]+\/(layers|near|search|walk)[./]/;
const NAMED_BY_CONTENT = /^\/static\/.+\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(fillShell()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const answer = answerOf(event.request);
  if (answer) event.respondWith(answer);
});
self.addEventListener("message", (event) => {
  const { type, urls } = event.data;
  const work = { seen: rememberSeen, keep: keepFavourite, drop: dropFavourite }[type];
  if (work) event.waitUntil(work(urls));
});

async function fillShell() {
  const cache = await caches.open(SHELL);
  await Promise.all([...files, ...pages].map((url) => fillOne(cache, url)));
}

async function fillOne(cache, url) {
  // Pages carry no version in their address: ask past the browser's own store.
  const answer = await fetch(url, pages.includes(url) ? { cache: "reload" } : {});
  if (!answer.ok) throw new Error(`${url}: got status ${answer.status}, wanted 200`);
  await cache.put(url, await dated(answer));
}

/** A new worker starts when no page of the old one is open, so nothing changes under a reader. */
async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => ![SHELL, SEEN, KEPT].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A promise of the answer, or null for what is none of this worker's business. */
function answerOf(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (isNamedByContent(url)) return savedOrFresh(request);
  if (/^\/(static|tiles)\//.test(url.pathname) || DATA.test(url.pathname))
    return freshOrSaved(request);
  return PAGE.test(url.pathname) && isForReading(request) ? freshOrSaved(request) : null;
}

/** Files carry a checksum in their name, tiles the version of what they show. */
function isNamedByContent({ pathname, searchParams }) {
  const isTile = pathname.startsWith("/tiles/") && searchParams.has("v");
  return isTile || NAMED_BY_CONTENT.test(pathname);
}

function isForReading(request) {
  return request.mode === "navigate" || isPart(request);
}

function isPart(request) {
  return request.headers.get("X-Requested-With") === "fragment";
}

/**
 * The address names the content: a saved copy is as good as a new one. But a tile asked under a
 * version that the server no longer has is answered with today's, and said to be short-lived.
 */
async function savedOrFresh(request) {
  const saved = await caches.match(request.url);
  return saved && !isShortLived(saved) ? saved : freshOrSaved(request);
}

function isShortLived(answer) {
  const told = answer.headers.get("Cache-Control") ?? "";
  return /max-age=/.test(told) && !/immutable/.test(told);
}

async function freshOrSaved(request) {
  try {
    return await askAndSave(request);
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    const saved = await findSaved(request);
    if (saved) return saved;
    throw failure;
  }
}

async function askAndSave(request) {
  const answer = await fetch(request);
  if (isWorthSaving(answer)) await save(request, answer.clone());
  return answer;
}

function isWorthSaving(answer) {
  return (
    answer.status === 200 &&
    answer.type === "basic" &&
    !/no-store/.test(answer.headers.get("Cache-Control") ?? "")
  );
}

async function save(request, answer) {
  const key = keyOf(request);
  const copy = await dated(answer);
  const kept = await caches.open(KEPT);
  if (await kept.match(key)) await kept.put(key, copy.clone());
  const seen = await caches.open(SEEN);
  await seen.put(key, copy);
  const keys = await seen.keys();
  await Promise.all(keys.slice(0, -MOST_SEEN).map((old) => seen.delete(old)));
}

/** A copy that says when the server made it. */
async function dated(answer) {
  const headers = new Headers(answer.headers);
  const made = new Date(headers.get("Date") ?? Date.now());
  headers.set("X-Saved-At", made.toISOString());
  // The body below is unpacked already.
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(await answer.blob(), { status: 200, headers });
}

/** A part of a page has the page's address, and data speak a language that it does not name. */
function keyOf(request) {
  const url = new URL(request.url);
  if (isPart(request)) url.searchParams.append(MARK, "fragment");
  else if (DATA.test(url.pathname))
    url.searchParams.append(MARK, request.headers.get("Accept-Language") ?? "");
  return url.href;
}

async function findSaved(request) {
  const key = keyOf(request);
  const saved =
    newest(await everySaved((other) => other === key)) ??
    newest(await everySaved((other) => isSameThing(other, key)));
  if (request.mode !== "navigate") return saved?.answer ?? null;
  return saved ? markPage(saved) : caches.match(pageWithoutConnection(request.url));
}

/** Copies of every store under addresses that `fits` agrees to. */
async function everySaved(fits) {
  const found = [];
  for (const name of [SEEN, KEPT, SHELL]) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys())
      if (fits(url)) found.push({ url, answer: await cache.match(url) });
  }
  return found;
}

function newest(found) {
  const dateOf = ({ answer }) => answer.headers.get("X-Saved-At") ?? "";
  found.sort((one, other) => dateOf(other).localeCompare(dateOf(one)));
  return found[0] ?? null;
}

/**
 * The same card, or the same page, asked with another query: a card says the same of its place,
 * and a page finds its own answer. Other answers belong to their question alone.
 */
function isSameThing(one, other) {
  const [a, b] = [new URL(one), new URL(other)];
  const sort = (url) => url.searchParams.get(MARK);
  if (a.pathname !== b.pathname || sort(a) !== sort(b) || !PAGE.test(a.pathname)) return false;
  return sort(a) === null || a.pathname.includes("/card/");
}

function pageWithoutConnection(url) {
  const english = new URL(url).pathname.startsWith("/en/");
  return english ? "/en/offline/" : "/offline/";
}

/** The page knows from its first paint that it is a saved one, and which question it answers. */
async function markPage({ url, answer }) {
  const text = await answer.text();
  const made = answer.headers.get("X-Saved-At");
  const { pathname, search } = new URL(url);
  const question = (pathname + search).replaceAll("&", "&amp;");
  const mark = `<html data-saved-at="${made}" data-saved-for="${question}" `;
  return new Response(text.replace("<html ", mark), { status: 200, headers: answer.headers });
}

/** What the page had asked before this worker was there to see it. */
async function rememberSeen(urls) {
  await Promise.all(
    urls.map((url) => {
      const request = new Request(url);
      if (!isOurs(request)) return null;
      const answer = isNamedByContent(new URL(request.url)) ? savedOrFresh : askAndSave;
      return answer(request).catch(() => null);
    }),
  );
}

function isOurs(request) {
  const { origin, pathname } = new URL(request.url);
  const known = [PAGE, DATA, /^\/(static|tiles)\//].some((sort) => sort.test(pathname));
  return origin === self.location.origin && known;
}

/** A favourite's card stays whatever else is looked at: as a page and as a part of one. */
async function keepFavourite(urls) {
  const cache = await caches.open(KEPT);
  for (const url of urls)
    for (const headers of [{}, { "X-Requested-With": "fragment" }]) {
      const request = new Request(url, { headers });
      if (!isOurs(request)) continue;
      const answer = await fetch(request);
      if (isWorthSaving(answer)) await cache.put(keyOf(request), await dated(answer));
    }
}

async function dropFavourite(urls) {
  const cache = await caches.open(KEPT);
  for (const url of urls)
    for (const headers of [{}, { "X-Requested-With": "fragment" }])
      await cache.delete(keyOf(new Request(url, { headers })));
}

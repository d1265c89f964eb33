/** The resident's page: a place to start from, what is near it, and the card of what was chosen. */

import { cancelled, getFragment, getJson } from "#js/api.js";
import { formatMinutes } from "#js/core/format.js";
import { parseBounds } from "#js/core/geometry.js";
import { originOf, questionOf, withFilters, withOrigin } from "#js/core/nearquery.js";
import { fillIn } from "#js/core/sentences.js";
import { remember } from "#js/core/suggestions.js";
import { parseState, withView } from "#js/core/urlstate.js";
import { createLateMap } from "#js/map/late.js";
import { createSelection, keyOf } from "#js/map/selection.js";
import { createCardPlace } from "#js/ui/cardplace.js";
import { wireCombobox } from "#js/ui/combobox.js";
import { wireContrast, wireMenus } from "#js/ui/contrast.js";
import { wireFavourites } from "#js/ui/favourites.js";
import { locate } from "#js/ui/locate.js";
import { wireAnswer } from "#js/ui/nearanswer.js";
import { createAttempts } from "#js/ui/notices.js";
import { wireOfflineBanner, wireWorker } from "#js/ui/offline.js";
import { findRow, isPlain, markRows, wirePicks } from "#js/ui/rows.js";
import { wireShare } from "#js/ui/share.js";
import { wireSheet } from "#js/ui/sheet.js";
import { createTips } from "#js/ui/tips.js";

const PHONE = matchMedia("(max-width: 760px)");
/** So many of the nearest are brought into the window with the place they are near to. */
const NEAREST_SHOWN = 12;
/** The place itself and the two nearest to it. */
const LEAST_SHOWN = 3;
const NEAREST_ZOOM = 16.5;
const NEAR_ZOOM = 15;
/** A way shorter than this on the screen hides under its own minutes. */
const LEGIBLE_WALK_PX = 150;
const BADGE_PX = 52;
const RECENT = "recent-places";

const lang = document.documentElement.lang;
const words = {
  ...document.getElementById("words").dataset,
  ...document.getElementById("near-words").dataset,
};
const frame = document.getElementById("map");
const page = frame.dataset;
const panel = document.getElementById("panel");
const bounds = parseBounds(page.bounds);
const attempt = createAttempts(document.querySelector(".map-message"), words);
const searchForm = panel.querySelector("form[data-search]");
const status = panel.querySelector("[data-near-status]");

let shownQuestion = questionOf(shownSearch());
/** The question last asked: shown already, or still on its way. */
let askedQuestion = shownQuestion;
let shownSel = null;
/** Brings the shown answer into the window again. */
let fitAnswer = () => {};

const worker = wireWorker();
wireOfflineBanner(document.querySelector("[data-connection]"), lang);
const showFavourites = wireFavourites(document, { onKeep: worker.keep, onDrop: worker.drop });
wireShare(document);
wireMenus(document);

const selection = createSelection();
const sheet = wireSheet(document.body, panel, panel.querySelector(".sheet-handle"));
const card = createCardPlace(panel);
const answer = wireAnswer(panel.querySelector("#near-answer"), {
  pages: [location.pathname, words.nearUrl],
  onFilters: (pairs) => go(withFilters(location.search, pairs)),
  onQuestion: go,
  onMore: showMore,
});
const map = createLateMap(frame, {
  onTrouble: (error) =>
    attempt(
      "map",
      () => Promise.reject(error),
      () => location.reload(),
      words.mapFailed,
    ),
  bounds,
  at: viewNow().at ?? closeTo(originOf(location.search)),
  words,
  base: page,
  padding: coveredPart,
  onMove: (at) => keepView({ at }),
});
const search = wireCombobox(searchForm, {
  suggest: findPlaces,
  atRest: placesAtRest,
  onPick: pickPlace,
  sprite: page.sprite,
  words,
  countText: (count) =>
    count ? fillIn(words.suggestionsCount, { count: String(count) }) : words.nothingFound,
});

// The keyboard of a phone takes half of the window; the suggestions get the other half.
searchForm.addEventListener("focusin", ({ target }) => {
  if (PHONE.matches && target.name === "q") sheet.goTo("full");
});

wirePicks(panel, { onPick: choose, onHover: selection.hover });
panel.addEventListener("click", (event) => {
  if (!isPlain(event)) return;
  if (event.target.closest("[data-back]")) {
    event.preventDefault();
    choose(null);
  }
  if (event.target.closest("[data-locate]")) findMe();
});
selection.listen((what, sel, current) => {
  markRows(panel, what === "hovered" ? "is-hovered" : "is-selected", sel);
  map.mark(current);
});
map.onBackgroundClick((place) => (shownSel ? choose(null) : startFrom(place)));
map.onLongPress(startFrom);
addEventListener("popstate", restore);
addEventListener("resize", fitAgain);
matchMedia("print").addEventListener("change", fitAgain);
panel.addEventListener("transitionend", ({ target }) => target === panel && fitAgain());
document.addEventListener("keydown", onKey);
wireContrast(document.querySelector("[data-contrast]"), () => {
  fitAgain();
  map.repaint();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", map.repaint);

keepQueryInLinks();
if (questionOf(location.search) === shownQuestion) drawAnswer({ fit: !viewNow().at });
else {
  // A saved page of another question: its list is not what the address asks for.
  answer.show("");
  loadAnswer();
}
if (viewNow().sel) openCard({ focus: false });

/** The question that the page came with: a page saved on the device may have come with another. */
function shownSearch() {
  const { savedFor } = document.documentElement.dataset;
  return savedFor ? new URL(savedFor, location.href).search : location.search;
}

function viewNow() {
  return parseState(location.search);
}

/** Where the map begins that is soon to show what is near a place. */
function closeTo(origin) {
  return origin && { lat: origin.lat, lon: origin.lon, zoom: NEAR_ZOOM };
}

/** A choice of the reader: a new address, and whatever depends on what changed. */
function go(query) {
  if (query === location.search) return;
  history.pushState(null, "", words.nearUrl + query);
  follow();
}

function keepView(part) {
  const next = withView(location.pathname + location.search, { ...viewNow(), ...part });
  history.replaceState(null, "", next);
  keepQueryInLinks();
}

/** Back, forward: the address leads, the screen follows. */
function restore() {
  if (viewNow().at) map.goTo(viewNow().at);
  follow();
}

function follow() {
  keepQueryInLinks();
  if (questionOf(location.search) !== askedQuestion) loadAnswer();
  const { sel } = viewNow();
  if (keyOf(sel) === keyOf(shownSel)) return;
  if (sel) openCard({ focus: true });
  else closeCard();
}

async function loadAnswer() {
  answer.setBusy(true);
  // Of what was there before, this answer leaves nothing to look for or to add to.
  attempt.forget("search");
  attempt.forget("more");
  const ended = await attempt(
    "answer",
    async () => {
      const question = questionOf(location.search);
      askedQuestion = question;
      const html = await getFragment(words.nearUrl + question, "answer");
      await answer.released();
      // What was pressed meanwhile may have asked for something else, whose answer is to come.
      if (askedQuestion !== question) throw cancelled();
      answer.show(html);
      const moved = questionOf(shownQuestion) !== question && isElsewhere(shownQuestion, question);
      shownQuestion = question;
      markRows(panel, "is-selected", shownSel);
      showFavourites();
      drawAnswer({ fit: moved });
    },
    loadAnswer,
  );
  if (ended) answer.setBusy(false);
}

function isElsewhere(before, now) {
  const [one, other] = [originOf(before), originOf(now)];
  return one?.lat !== other?.lat || one?.lon !== other?.lon;
}

/** The map shows what the list says: the place asked from and everything found. */
async function drawAnswer({ fit }) {
  const origin = originOf(location.search);
  drawOrigin(origin);
  const { points } = answer.root()?.dataset ?? {};
  attempt.forget("points");
  if (!points) return map.remove("near");
  await attempt(
    "points",
    async () => {
      const features = await getJson(points, "points");
      map.draw("near", {
        kind: "points",
        features,
        sprite: page.sprite,
        tip: createTips({ lang, words }),
        countTip: (count) => `${count} · ${words.places}`,
        onPick: choose,
        onHover: selection.hover,
        current: selection.current,
      });
      fitAnswer = origin
        ? () => map.show(placesOf(origin, features), { maxZoom: NEAREST_ZOOM })
        : () => map.goTo(null);
      if (fit) fitAnswer();
      // Other filters move the map only where it would show nothing of what was found.
      else if (origin && !viewNow().at)
        map.show(placesOf(origin, features).slice(0, LEAST_SHOWN), {
          maxZoom: NEAREST_ZOOM,
          legible_px: 0,
        });
    },
    () => drawAnswer({ fit }),
    words.mapFailed,
  );
}

function placesOf(origin, { features }) {
  const nearest = features.filter(({ geometry }) => geometry).slice(0, NEAREST_SHOWN);
  return [
    origin,
    ...nearest.map(
      ({
        geometry: {
          coordinates: [lon, lat],
        },
      }) => ({ lat, lon }),
    ),
  ];
}

function drawOrigin(origin) {
  if (!origin) return map.remove("origin");
  map.draw("origin", {
    kind: "origin",
    ...origin,
    title: origin.label || words.origin,
    hint: words.originHint,
    onDrop: startFrom,
    current: selection.current,
  });
}

/** Look from a place of the map. */
function startFrom({ lat, lon }) {
  search.setText("");
  go(withOrigin(location.search, { lat, lon, label: words.pointOnMap }));
}

async function findPlaces(text) {
  let found = null;
  await attempt(
    "search",
    async () => {
      const url = new URL(searchForm.dataset.suggest, location.href);
      url.searchParams.set("q", text);
      found = (await getJson(url.href, "search")).items;
    },
    () => searchForm.requestSubmit(),
    words.searchFailed,
  );
  return found;
}

/** Before anything is typed: where one is, and where one looked from before. */
function placesAtRest() {
  const here = { action: "locate", label: words.nearMe, sign: `${words.signs}#locate` };
  return [here, ...readRecent().map((place) => ({ ...place, sign: `${words.signs}#recent` }))];
}

function pickPlace(item) {
  if (PHONE.matches) sheet.goTo("half");
  if (item.action === "locate") return findMe();
  // A thing with doors opens its card; a street or a district is a place to look from.
  if (item.url && item.id && ["institution", "center", "event"].includes(item.type))
    return choose({ type: item.type, id: String(item.id) });
  if (item.lat === null || item.lat === undefined) return say(words.noPosition);
  keepRecent(item);
  go(withOrigin(location.search, item));
}

async function findMe() {
  say(words.locating);
  try {
    const place = await locate(words, bounds);
    say("");
    search.setText(words.nearMe);
    go(withOrigin(location.search, { ...place, label: words.myPlace }));
  } catch (error) {
    if (error.name !== "LocationError") throw error;
    say(error.message);
  }
}

function say(text) {
  status.textContent = text;
  status.hidden = !text;
}

function choose(sel) {
  go(withView(location.search, { ...viewNow(), sel }));
}

async function openCard({ focus }) {
  const { sel } = viewNow();
  shownSel = sel;
  selection.select(sel);
  sheet.atLeast("half");
  await attempt(
    "card",
    async () => {
      const position = card.show(await getFragment(cardUrl(sel), "card"), { focus });
      showFavourites();
      map.reveal(sel, position);
      drawWalk(sel);
    },
    () => openCard({ focus }),
  );
}

function cardUrl({ type, id }) {
  const row = findRow(panel, { type, id });
  if (row) return row.href;
  const question = questionOf(location.search).slice(1);
  const near = question ? `?near=${encodeURIComponent(question)}` : "";
  return `${words.cityUrl}card/${type}/${id}/${near}`;
}

function closeCard() {
  const before = shownSel;
  shownSel = null;
  selection.select(null);
  map.remove("walk");
  attempt.forget("walk");
  attempt.forget("card");
  card.close(before);
}

/** The way on foot from where one is; without a place to start from there is none. */
async function drawWalk(sel) {
  map.remove("walk");
  attempt.forget("walk");
  const origin = originOf(location.search);
  if (!origin || sel.type === "event") return;
  await attempt(
    "walk",
    async () => {
      const query = `from=${origin.lat},${origin.lon}&to=${sel.type}:${sel.id}&lang=${lang}`;
      const walk = await getJson(`${words.walk}?${query}`, "walk");
      if (!walk.geometry || keyOf(shownSel) !== keyOf(sel)) return;
      const label = formatMinutes(walk.minutes, words.min, "");
      map.draw("walk", { kind: "walk", ...walk, label, current: selection.current });
      map.show(
        walk.geometry.coordinates.map(([lon, lat]) => ({ lat, lon })),
        { maxZoom: NEAREST_ZOOM, legible_px: LEGIBLE_WALK_PX },
      );
    },
    () => drawWalk(sel),
    words.walkFailed,
  );
}

async function showMore(link) {
  await attempt(
    "more",
    async () => answer.append(link, await getFragment(link.href, "more")),
    () => showMore(link),
  );
}

function onKey(event) {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape" && shownSel) choose(null);
  if (event.key === "/" && !typing) {
    event.preventDefault();
    if (shownSel) choose(null);
    search.focus();
  }
}

/** The map got another size; a reader who has not moved it still sees the whole answer. */
function fitAgain() {
  map.resize();
  if (!viewNow().at && !shownSel) fitAnswer();
}

/** The other language opens on the same question. */
function keepQueryInLinks() {
  for (const link of document.querySelectorAll("[data-language]")) {
    const url = new URL(link.href);
    url.search = location.search;
    link.href = url.href;
  }
}

/** How much of the map lies under the phone's sheet, and under the badge of the data. */
function coveredPart() {
  const bottom = PHONE.matches && sheet.stop() !== "full" ? panel.offsetHeight : 0;
  return { left: 0, right: 0, top: BADGE_PX, bottom };
}

/** The device may refuse to store anything: then nothing is remembered. */
function readRecent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT) ?? "[]");
  } catch {
    return [];
  }
}

function keepRecent({ label, sort, where, lat, lon }) {
  try {
    const places = remember(readRecent(), { label, sort, where, lat, lon });
    localStorage.setItem(RECENT, JSON.stringify(places));
  } catch {
    // Nothing to tell: the place itself was found.
  }
}

/** The report form: the pin on the map fills in where the thing really is. */

import { parseBounds } from "#js/core/geometry.js";
import { createLateMap } from "#js/map/late.js";
import { wireContrast, wireMenus } from "#js/ui/contrast.js";

const NEAR_ZOOM = 16;
const NO_PADDING = { left: 0, right: 0, top: 0, bottom: 0 };

const frame = document.getElementById("map");
const { name, icon, color, hint, moved: movedText, sprite } = frame.dataset;
const words = document.getElementById("words").dataset;
const form = document.querySelector(".report-form");
const said = document.querySelector("[data-pin-said]");
const undo = document.querySelector("[data-pin-undo]");

const home = placeOf(frame.dataset.lat, frame.dataset.lon);
let pin = placeOf(form.elements.lat.value, form.elements.lon.value);

const start = pin ?? home;
const map = createLateMap(frame, {
  bounds: parseBounds(frame.dataset.bounds),
  at: start && { ...start, zoom: NEAR_ZOOM },
  words,
  base: frame.dataset,
  padding: () => NO_PADDING,
  onMove: () => {},
});
map.onBackgroundClick(movePin);
undo.addEventListener("click", () => {
  movePin(null);
  if (home) map.goTo({ ...home, zoom: NEAR_ZOOM });
});
wireContrast(document.querySelector("[data-contrast]"), map.repaint);
wireMenus(document);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", map.repaint);
draw();

function movePin(place) {
  pin = place;
  form.elements.lat.value = place ? place.lat.toFixed(6) : "";
  form.elements.lon.value = place ? place.lon.toFixed(6) : "";
  if (place) form.elements.about.value ||= "place";
  draw();
}

function draw() {
  said.textContent = pin ? movedText : "";
  undo.hidden = !pin;
  const shown = pin ?? home;
  if (!shown) {
    map.remove("pin");
    return;
  }
  const state = pin && home ? "moved" : "kept";
  map.draw("pin", {
    kind: "pins",
    places: [{ key: "pin", ...shown, name, icon, color, state, home: state === "moved" && home }],
    sprite,
    hint: { kept: hint, moved: movedText },
    onPress: () => {},
    onDrag: () => {},
    onDrop: (_place, at) => movePin(at),
    onHover: () => {},
    current: { selected: null, hovered: null },
  });
}

function placeOf(lat, lon) {
  return lat && lon ? { lat: Number(lat), lon: Number(lon) } : null;
}

/**
 * The map of a page, fetched once the page itself has been painted: the words come first, the
 * heavy parts do not hold them up, and no task of building it is long.
 */

/** What a page may ask of its map (see map.js); none of it answers anything. */
const ASKED = [
  "draw",
  "remove",
  "mark",
  "reveal",
  "show",
  "goTo",
  "repaint",
  "resize",
  "onBackgroundClick",
  "onLongPress",
];

/**
 * Create the map in `frame`, with the options of `createAtlasMap`.
 *
 * What it is asked before it is there is done in that order once it is; `onTrouble(error)` hears
 * why it does not come.
 */
export function createLateMap(frame, { onTrouble = console.warn, ...options }) {
  const waiting = [];
  let map = null;
  frame.setAttribute("aria-busy", "true");
  painted().then(arrive).catch(onTrouble);

  async function arrive() {
    await addParts();
    const { createAtlasMap } = await import("#js/map/map.js");
    await breathe();
    const made = createAtlasMap(frame, options);
    while (waiting.length) {
      await breathe();
      const [name, given] = waiting.shift();
      made[name](...given);
    }
    map = made;
    frame.setAttribute("aria-busy", "false");
    await breathe();
    // Last: what was asked may have moved the map, and its ground need be drawn only once.
    made.repaint();
  }

  const ask = (name, given) => (map ? map[name](...given) : waiting.push([name, given]));
  return Object.fromEntries(ASKED.map((name) => [name, (...given) => void ask(name, given)]));
}

/** Put what the page holds ready into it: before its own styles, which overrule Leaflet's. */
async function addParts() {
  const parts = document.getElementById("map-parts").content.cloneNode(true);
  for (const script of parts.querySelectorAll("script")) script.async = false;
  const needed = [...parts.querySelectorAll("script, link[rel=stylesheet]")].map(come);
  document.head.prepend(parts);
  await Promise.all(needed);
}

function come(part) {
  return new Promise((resolve, reject) => {
    part.addEventListener("load", resolve);
    part.addEventListener("error", () => reject(new Error(`${part.src ?? part.href}: no answer`)));
  });
}

function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Let the browser answer the reader between two pieces of work. */
function breathe() {
  return new Promise((resolve) => setTimeout(resolve));
}

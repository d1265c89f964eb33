/** The layers of a page: their switches, their legend, and what is drawn of them. */

import { getJson } from "#js/api.js";
import { formatCount } from "#js/core/format.js";
import { drawLayerSwitch } from "#js/ui/layerswitch.js";
import { drawLegend } from "#js/ui/legend.js";
import { watchPresses } from "#js/ui/presses.js";

/**
 * Create the board over `map`.
 *
 * shown()            keys of the layers the reader switched on; null = the server's choice
 * onSwitch(keys)     the reader switched one
 * addressOf(layer)   where its features are
 * hides              keys of layers that have no place on this page
 * own                layers that the page draws itself: only their legend is shown here
 * options            what `map.draw` hands to every layer: tip, onPick, onHover, current, sprite
 */
export function createLayerBoard({
  map,
  lang,
  words,
  shown,
  onSwitch,
  addressOf,
  hides = [],
  own = [],
  options,
}) {
  const released = watchPresses(document.querySelector('[data-slot="layers"]'));
  let groups = [];
  const layers = () => groups.flatMap((group) => group.layers);
  const isOn = (layer) => shown()?.includes(layer.key) ?? layer.active;

  function drawControls() {
    drawLayerSwitch(document.querySelector('[data-slot="layers"]'), groups, {
      lang,
      words,
      isOn,
      onSwitch: switchLayer,
    });
    drawLegend(document.querySelector('[data-slot="legend"]'), [...own, ...layers().filter(isOn)], {
      sprite: options.sprite,
      words,
    });
  }

  function switchLayer(key, on) {
    const keys = layers()
      .filter(isOn)
      .map((layer) => layer.key);
    onSwitch(on ? [...keys, key] : keys.filter((one) => one !== key));
  }

  async function drawLayer(layer) {
    if (!isOn(layer)) return map.remove(layer.key);
    const { tiles } = layer;
    // Tiles are fetched by what draws them, as the map moves.
    const features = tiles ? null : await getJson(addressOf(layer), `layer ${layer.key}`);
    if (!isOn(layer)) return;
    map.draw(layer.key, {
      ...options,
      kind: layer.kind,
      features,
      tiles,
      countTip: (count) => `${formatCount(count, lang)} · ${words.places}`,
    });
  }

  async function show() {
    drawControls();
    await Promise.all(layers().map(drawLayer));
  }

  return {
    show,

    /** Layers of another answer take the place of those there were. */
    async load(url) {
      const manifest = await getJson(url, "manifest");
      await released();
      const before = layers();
      groups = manifest.groups.map((group) => ({
        ...group,
        layers: group.layers.filter(({ key }) => !hides.includes(key)),
      }));
      const keys = layers().map((layer) => layer.key);
      for (const { key } of before) if (!keys.includes(key)) map.remove(key);
      await show();
    },
  };
}

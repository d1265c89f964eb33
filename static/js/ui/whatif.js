/** What if: changes by hand or by keyboard, and what they do, told while a pin is dragged. */

import { isCancelled, post } from "#js/api.js";
import * as edits from "#js/core/changes.js";
import { placesOf } from "#js/core/places.js";
import { fillIn } from "#js/core/sentences.js";
import { createChangeList } from "#js/ui/changelist.js";
import { createEffectPanel } from "#js/ui/effect.js";

/**
 * Wire the page of scenarios.
 *
 * institutions   [{id, name, lat, lon, icon, color}] of the kind asked about, as they stand today
 * look           {icon, color} of the kind, for what is opened
 * onChange(text) the changes are others now: their form in an address
 */
export function createWhatIf(root, options) {
  const { map, url, token, question, institutions, look, words, lang, sprite, selection } = options;
  let changes = options.changes;
  let asked = null;
  let waiting = null;

  const nameNew = Object.assign(
    (index) => fillIn(words.newPlace, { number: nameNew.number(index) }),
    {
      /** Opened places are counted from one, whatever else changes between them. */
      number: (index) =>
        changes.slice(0, index + 1).filter((change) => change.do === "open").length,
    },
  );
  const effect = createEffectPanel(root, { lang, words });
  const list = createChangeList(root, {
    institutions,
    words,
    nameNew,
    asksHours: Boolean(question().open_at),
    does: {
      drop: (index) => commit(edits.drop(changes, index)),
      undo: () => commit(changes.slice(0, -1)),
      clear: () => commit([]),
      share: options.onShare,
      open: (place) => commit(edits.open(changes, place)),
      move: (id, place) => commit(edits.move(changes, id, place)),
      close: (id) => commit(edits.toggleClosed(changes, id)),
      setSeats: (id, seats) => commit(edits.setSeats(changes, id, seats)),
      setHours: (id, hours) => commit(edits.setHours(changes, id, hours)),
      refine: (index, name, value) => commit(edits.refine(changes, index, name, value)),
    },
  });

  function moved(place, to) {
    return place.state === "opened"
      ? edits.shift(changes, place.index, to)
      : edits.move(changes, place.institution, to);
  }

  function pressed({ state, index, institution }) {
    if (state === "opened") return edits.drop(changes, index);
    if (state === "moved") return edits.putBack(changes, institution);
    return edits.toggleClosed(changes, institution);
  }

  /** Take these changes for the scenario's, and say so to the address. */
  function commit(next) {
    changes = next;
    options.onChange(edits.formatChanges(changes));
    show();
  }

  function show() {
    list.show(changes);
    drawPins();
    ask(changes);
  }

  function drawPins() {
    const places = placesOf(institutions, changes, nameNew).map((place) => ({
      ...look,
      ...institutions.find(({ id }) => id === place.institution),
      ...place,
    }));
    map.draw("pins", {
      kind: "pins",
      places,
      sprite,
      hint: {
        kept: words.hintKept,
        closed: words.hintClosed,
        moved: words.hintMoved,
        opened: words.hintOpened,
      },
      onPress: (place) => commit(pressed(place)),
      onDrag: (place, to) => ask(moved(place, to)),
      onDrop: (place, to) => commit(moved(place, to)),
      onHover: selection.hover,
      current: selection.current,
    });
  }

  /** One question is out at a time; of those that come meanwhile the last one counts. */
  async function ask(next) {
    waiting = next;
    if (asked) return;
    while (waiting) {
      asked = waiting;
      waiting = null;
      await answer(asked);
    }
    asked = null;
  }

  async function answer(now) {
    effect.setBusy(true);
    try {
      showEffect(await post(url, { question: question(), changes: now }, "whatif", token), now);
      options.onProblem(null);
    } catch (error) {
      if (isCancelled(error)) return;
      options.onProblem(error.problem ?? { title: "", message: words.lost });
    }
    effect.setBusy(false);
  }

  function showEffect(answered, now) {
    map.draw("effect", { kind: "effect", points: answered.points, current: selection.current });
    effect.show(answered, now.length > 0);
    if (now === changes) list.show(changes, answered.problems);
  }

  map.onBackgroundClick((place) => commit(edits.open(changes, place)));
  show();

  return {
    changes: () => changes,

    /** The address leads: back and forward bring other changes. */
    restore(next) {
      changes = next;
      show();
    },
  };
}

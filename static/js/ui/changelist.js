/** The list of a scenario's changes, and the way to make them without a map. */

import { MOST_SEATS, parsePlace, parseSeats } from "#js/core/changes.js";
import { fillIn } from "#js/core/sentences.js";
import { element } from "#js/ui/dom.js";

/**
 * Wire the list in `root`.
 *
 * institutions   [{id, name}] that can be closed or moved
 * asksHours      whether the question is about a moment, so that hours matter
 * does           {drop(index), undo(), clear(), share(), open(place, said), move(id, place),
 *                close(id), setSeats(id, seats), setHours(id, hours), refine(index, name, value)}
 */
export function createChangeList(root, { institutions, words, nameNew, asksHours, does }) {
  const list = root.querySelector('[data-slot="changes"]');
  const names = new Map(institutions.map(({ id, name }) => [id, name]));
  wireTools(root, list, does);
  wireFields(list, { words, does });
  wireAdding(root.querySelector("[data-add]"), { institutions, words, does });

  return {
    show(changes, problems = []) {
      const told = new Map(problems.map(({ index, message }) => [index, message]));
      root.querySelector('[data-slot="changes-tools"]').hidden = !changes.length;
      keepTyping(list, () =>
        list.replaceChildren(
          ...changes.map((change, index) => lineOf(change, index, told.get(index))),
        ),
      );
    },
  };

  function lineOf(change, index, problem) {
    const key = change.do === "open" ? `new-${index}` : String(change.institution);
    return element(
      "li",
      { class: "change" },
      element(
        "a",
        {
          class: "change-name",
          href: "#map",
          "data-pick": true,
          "data-type": "pin",
          "data-id": key,
        },
        textOf(change, index),
      ),
      element(
        "button",
        { type: "button", class: "button button-quiet", "data-drop": String(index) },
        words.undo,
      ),
      fieldsOf(change, index),
      problem && element("p", { class: "change-problem" }, problem),
    );
  }

  /** What can be said of the line: seats, and hours where the question is about a moment. */
  function fieldsOf({ do: verb, capacity, hours }, index) {
    const fields = [
      (verb === "open" || verb === "capacity") && fieldOf("capacity", index, capacity, words.seats),
      (verb === "hours" || (verb === "open" && asksHours)) &&
        fieldOf("hours", index, hours, words.hours),
    ].filter(Boolean);
    return fields.length ? element("p", { class: "change-fields" }, ...fields) : null;
  }

  function fieldOf(name, index, value, label) {
    const kind = name === "capacity" ? { type: "number", min: 0, max: MOST_SEATS, step: 1 } : {};
    return element(
      "label",
      { class: `change-field change-${name}` },
      element("span", { class: "more-label" }, label),
      element("input", {
        class: "input",
        "data-said": name,
        "data-index": String(index),
        value: value ?? "",
        placeholder: name === "hours" ? words.hoursExample : words.notSaid,
        ...kind,
      }),
    );
  }

  function textOf({ do: verb, institution, capacity, hours, name }, index) {
    const said = {
      name: names.get(institution) ?? words.unknownPlace,
      capacity,
      hours,
      number: nameNew.number(index),
    };
    if (verb === "open" && name) return name;
    return fillIn(
      {
        open: words.doOpen,
        close: words.doClose,
        move: words.doMove,
        capacity: words.doCapacity,
        hours: words.doHours,
      }[verb],
      said,
    );
  }
}

function wireTools(root, list, does) {
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-drop]");
    if (button) does.drop(Number(button.dataset.drop));
  });
  root.querySelector("[data-undo]").addEventListener("click", does.undo);
  root.querySelector("[data-clear]").addEventListener("click", does.clear);
  root.querySelector("[data-share]").addEventListener("click", does.share);
}

/** A field of a line was filled in: a wrong number is told by the field and changes nothing. */
function wireFields(list, { words, does }) {
  list.addEventListener("change", ({ target }) => {
    const { said, index } = target.dataset;
    if (!said) return;
    const text = target.value.trim();
    const value = said === "capacity" && text ? parseSeats(text) : text || null;
    const isWrong = text !== "" && value === null;
    target.setCustomValidity(isWrong ? words.badSeats : "");
    if (isWrong) target.reportValidity();
    else does.refine(Number(index), said, value);
  });
}

/** Draw the list anew around whoever is typing in it. */
function keepTyping(list, draw) {
  const { activeElement: field } = document;
  const isTyping = list.contains(field) && field.dataset.said;
  const typed = field?.value;
  draw();
  if (!isTyping) return;
  const { said, index } = field.dataset;
  const again = list.querySelector(`[data-said="${said}"][data-index="${index}"]`);
  if (!again) return;
  again.value = typed;
  again.focus();
}

function wireAdding(form, { institutions, words, does }) {
  const problem = form.querySelector('[data-slot="add-problem"]');
  form.elements.institution.append(
    ...institutions.map(({ id, name, address }) =>
      element("option", { value: id }, address ? `${name} · ${address}` : name),
    ),
  );
  const chosen = ({ institution }) => institution && Number(institution);
  const DEEDS = {
    put(said) {
      const place = parsePlace(said.place);
      if (!place) return words.badPlace;
      if (chosen(said)) does.move(chosen(said), place);
      else does.open(place);
      return null;
    },
    close(said) {
      if (!chosen(said)) return words.chooseOne;
      does.close(chosen(said));
      return null;
    },
    seats(said) {
      const seats = parseSeats(said.seats);
      if (!chosen(said)) return words.chooseSeats;
      if (seats === null) return words.badSeats;
      does.setSeats(chosen(said), seats);
      return null;
    },
    hours(said) {
      if (!chosen(said)) return words.chooseHours;
      if (!said.hours.trim()) return words.badHours;
      does.setHours(chosen(said), said.hours.trim());
      return null;
    },
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = tryTo(event.submitter?.value ?? "put");
    problem.textContent = said ?? "";
    problem.hidden = !said;
  });

  /** Do what the form says; returns what is wrong with it, in words. */
  function tryTo(verb) {
    const said = Object.fromEntries(new FormData(form));
    const wrong = DEEDS[verb](said);
    if (!wrong) form.reset();
    return wrong;
  }
}

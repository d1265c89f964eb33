/** The list of a scenario's changes, and the way to make them without a map. */

import { parsePlace } from "#js/core/changes.js";
import { fillIn } from "#js/core/sentences.js";
import { element } from "#js/ui/dom.js";

/**
 * Wire the list in `root`.
 *
 * institutions   [{id, name}] that can be closed or moved
 * does           {drop(index), undo(), clear(), share(), open(place), move(id, place), close(id)}
 */
export function createChangeList(root, { institutions, words, nameNew, does }) {
  const list = root.querySelector('[data-slot="changes"]');
  const names = new Map(institutions.map(({ id, name }) => [id, name]));
  wireTools(root, list, does);
  wireAdding(root.querySelector("[data-add]"), { institutions, words, does });

  return {
    show(changes, problems = []) {
      const told = new Map(problems.map(({ index, message }) => [index, message]));
      root.querySelector('[data-slot="changes-tools"]').hidden = !changes.length;
      list.replaceChildren(
        ...changes.map((change, index) => lineOf(change, index, told.get(index))),
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
      problem && element("p", { class: "change-problem" }, problem),
    );
  }

  function textOf({ do: verb, institution, capacity, name }, index) {
    const said = {
      name: names.get(institution) ?? words.unknownPlace,
      capacity,
      number: nameNew.number(index),
    };
    if (verb === "open" && name) return name;
    return fillIn(
      { open: words.doOpen, close: words.doClose, move: words.doMove, capacity: words.doCapacity }[
        verb
      ],
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

function wireAdding(form, { institutions, words, does }) {
  const problem = form.querySelector('[data-slot="add-problem"]');
  form.elements.institution.append(
    ...institutions.map(({ id, name, address }) =>
      element("option", { value: id }, address ? `${name} · ${address}` : name),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = tryTo(event.submitter?.value ?? "put");
    problem.textContent = said ?? "";
    problem.hidden = !said;
  });

  /** Do what the form says; returns what is wrong with it, in words. */
  function tryTo(verb) {
    const { institution, place: typed } = Object.fromEntries(new FormData(form));
    if (verb === "close") {
      if (!institution) return words.chooseOne;
      does.close(Number(institution));
      return null;
    }
    const place = parsePlace(typed);
    if (!place) return words.badPlace;
    if (institution) does.move(Number(institution), place);
    else does.open(place);
    form.reset();
    return null;
  }
}

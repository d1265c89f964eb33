/** Scenarios kept on the server: save, rename, delete, set beside today. */

import { post } from "#js/api.js";
import { fillIn } from "#js/core/sentences.js";

/** `scenario()` gives {question, changes} as they are now; `url` is where to save them. */
export function wireScenarios(root, { url, token, words, scenario }) {
  const note = root.querySelector('[data-slot="saved"]');
  wireSaving(root.querySelector("[data-save]"), { url, token, words, scenario, note });
  wireComparing(root.querySelector("[data-compare]"));

  root.addEventListener("click", async ({ target }) => {
    const rename = target.closest("[data-rename]")?.dataset;
    const remove = target.closest("[data-delete]")?.dataset;
    if (rename) {
      const name = prompt(words.renameAsk, rename.name)?.trim();
      if (name) await send(rename.rename, { name });
    } else if (remove && confirm(fillIn(words.deleteAsk, remove))) {
      await send(remove.delete, {});
    }
  });

  async function send(address, body) {
    try {
      await post(address, body, "scenario", token);
      location.reload();
    } catch (error) {
      note.textContent = error.problem?.message ?? words.lost;
    }
  }
}

function wireSaving(form, { url, token, words, scenario, note }) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const now = scenario();
    if (!now.changes.length) {
      note.textContent = words.nothingToSave;
      return;
    }
    try {
      const saved = await post(url, { ...now, name: form.elements.name.value }, "save", token);
      // The page of the saved scenario lists it, and its address can be shared.
      location.assign(saved.url);
    } catch (error) {
      note.textContent = error.problem?.message ?? words.lost;
    }
  });
}

/** Two ticked scenarios are one address. */
function wireComparing(form) {
  const ticked = () => [...form.querySelectorAll("[data-compared]:checked")];
  const button = form.querySelector("[type=submit]");
  const enable = () => {
    button.disabled = !ticked().length;
  };
  form.addEventListener("change", enable);
  form.addEventListener("submit", () => {
    form.elements.ids.value = ticked()
      .map(({ value }) => value)
      .join(",");
  });
  enable();
}

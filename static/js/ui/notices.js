/** When something fails: say so humanly, keep what is on the screen, offer to try again. */

import { isCancelled } from "#js/api.js";
import { element } from "#js/ui/dom.js";

/**
 * `attempt(what, action, again, text)` over one message box; `text` replaces the usual words.
 *
 * `what` names the part of the page at stake: its trouble stays on the screen until that part
 * succeeds, whatever else arrives meanwhile. `attempt.forget(what)` drops the trouble of a part
 * that nobody looks at any more. The box says the newest trouble; its button tries all again.
 * Resolves to false where a newer question took the place of this one, which is still under way.
 */
export function createAttempts(box, words) {
  const troubles = new Map();

  function show() {
    const newest = [...troubles.values()].at(-1);
    box.hidden = !newest;
    if (!newest) return;
    const button = element("button", { type: "button", class: "button" }, words.retry);
    button.addEventListener("click", tryAgain);
    box.replaceChildren(element("span", {}, newest.text), element("br"), button);
  }

  function tryAgain() {
    for (const again of new Set([...troubles.values()].map((trouble) => trouble.again))) again();
  }

  function forget(what) {
    if (troubles.delete(what)) show();
  }

  async function attempt(what, action, again, text) {
    try {
      await action();
      forget(what);
    } catch (error) {
      if (isCancelled(error)) return false;
      console.warn(error);
      const refused = error.status >= 400 && error.status < 500;
      troubles.delete(what);
      troubles.set(what, { text: text ?? (refused ? words.refused : words.offline), again });
      show();
    }
    return true;
  }

  return Object.assign(attempt, { forget });
}

/** What to attempt when some tiles did not come: it fails, and asking again loads the layers. */
export async function tilesMissing() {
  throw new Error("tiles: some did not come");
}

/** When something fails: say so humanly, keep what is on the screen, offer to try again. */

import { isCancelled } from "#js/api.js";
import { element } from "#js/ui/dom.js";

/** `attempt(action, again, text)` over one message box; `text` replaces the usual words. */
export function createAttempts(box, words) {
  function show(text, again) {
    const button = element("button", { type: "button", class: "button" }, words.retry);
    button.addEventListener("click", again);
    box.replaceChildren(element("span", {}, text), element("br"), button);
    box.hidden = false;
  }

  return async function attempt(action, again, text) {
    try {
      await action();
      box.hidden = true;
    } catch (error) {
      if (isCancelled(error)) return;
      console.warn(error);
      const refused = error.status >= 400 && error.status < 500;
      show(text ?? (refused ? words.refused : words.offline), again);
    }
  };
}

/** What to attempt when some tiles did not come: it fails, and asking again loads the layers. */
export async function tilesMissing() {
  throw new Error("tiles: some did not come");
}

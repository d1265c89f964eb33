/** What is being pressed: a control exchanged before its release would not take the press. */

/** A press that lasts longer is none: a list of choices opened by it may never tell its end. */
const LONGEST_MS = 2000;

/** Returns a wait until no key, finger or button holds anything in `node`. */
export function watchPresses(node) {
  let held = false;
  let waiting = [];
  let limit = 0;

  function hold() {
    held = true;
    clearTimeout(limit);
    limit = setTimeout(release, LONGEST_MS);
  }

  function release() {
    clearTimeout(limit);
    held = false;
    for (const go of waiting) go();
    waiting = [];
  }

  for (const down of ["keydown", "pointerdown"]) node.addEventListener(down, hold);
  // A click comes after its release: those who wait go on when it has been heard.
  for (const up of ["keyup", "pointerup", "pointercancel", "change", "blur"])
    addEventListener(up, () => setTimeout(release));
  return () => (held ? new Promise((resolve) => waiting.push(resolve)) : null);
}

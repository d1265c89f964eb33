/** The worker that makes pages work without a connection, and the banner that says so. */

import { listenForAge } from "#js/api.js";
import { formatMoment } from "#js/core/moments.js";
import { fillIn } from "#js/core/sentences.js";

/** A first visit is shown whole before the device begins to fill its store. */
const SETTLE_MS = 3000;

/** Start the worker; returns what tells it to keep or to drop the pages of favourites. */
export function wireWorker() {
  const { serviceWorker } = navigator;
  if (!serviceWorker || !isSecureContext) return { keep() {}, drop() {} };
  const isFirst = !serviceWorker.controller;
  settled(isFirst)
    .then(() => serviceWorker.register("/sw.js", { updateViaCache: "none" }))
    .catch((error) => console.info("No offline mode:", error.message));
  // What this page asked before the worker was there has passed it by.
  if (isFirst)
    serviceWorker.addEventListener("controllerchange", () => tell("seen", asked()), { once: true });

  async function tell(type, urls) {
    const { active } = await serviceWorker.ready;
    active.postMessage({ type, urls });
  }

  return { keep: (urls) => tell("keep", urls), drop: (urls) => tell("drop", urls) };
}

async function settled(isFirst) {
  if (!isFirst) return;
  if (document.readyState !== "complete")
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

function asked() {
  const entries = performance.getEntriesByType("resource").map(({ name }) => name);
  const own = entries.filter((name) => name.startsWith(location.origin));
  return [...new Set([location.href.split("#")[0], ...own])];
}

/** Say when what is shown was saved earlier, and when the connection is back. */
export function wireOfflineBanner(banner, lang) {
  if (!banner) return;
  const text = banner.querySelector("[data-text]");
  const again = banner.querySelector("[data-again]");
  /** When each part of what is on the screen was saved; fresh parts are not here. */
  const ages = new Map();
  const { savedAt } = document.documentElement.dataset;
  if (savedAt) ages.set("answer", savedAt);

  function show() {
    // The oldest part speaks for all of it.
    const [oldest] = [...ages.values()].sort();
    banner.hidden = !oldest && navigator.onLine;
    again.hidden = !oldest || !navigator.onLine;
    if (banner.hidden) return;
    text.textContent = oldest
      ? fillIn(banner.dataset.saved, { moment: formatMoment(oldest, lang) })
      : banner.dataset.away;
  }

  listenForAge((moment, slot) => {
    if (moment) ages.set(slot, moment);
    else ages.delete(slot);
    show();
  });
  again.addEventListener("click", () => location.reload());
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

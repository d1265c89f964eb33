/** Give a page to somebody else: by the device's own sheet, else as a copied link; and print it. */

/** Wire the buttons [data-share] and [data-print] under `root`. */
export function wireShare(root) {
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-share]");
    if (button) share(button);
    if (target.closest("[data-print]")) print();
  });
}

async function share(button) {
  const { title, copied } = button.dataset;
  const url = new URL(button.dataset.url || location.href, location.href).href;
  try {
    if (navigator.share) return await navigator.share({ title, url });
    await navigator.clipboard.writeText(url);
    say(button, copied);
  } catch (error) {
    // The reader closed the sheet: that is an answer.
    if (error.name === "AbortError") return;
    // No clipboard without a secure connection: show what is to be copied.
    prompt(copied, url);
  }
}

function say(button, text) {
  const said = button.closest(".card-actions")?.parentElement.querySelector("[data-said]");
  if (said) said.textContent = text;
}

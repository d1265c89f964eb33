/** «Версия для слабовидящих»: a cookie, so that the next page comes in it from the first paint. */

const YEAR_S = 365 * 24 * 3600;

export function wireContrast(button, onChange = () => {}) {
  // A page kept on the device may have been saved in the other look.
  if (button && document.documentElement.dataset.savedAt) show(button, isChosen());
  button?.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    show(button, on);
    // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is not in every browser yet
    document.cookie = `look=${on ? "contrast" : ""}; path=/; max-age=${on ? YEAR_S : 0}; samesite=lax`;
    onChange();
  });
}

function show(button, on) {
  button.setAttribute("aria-pressed", String(on));
  if (on) document.documentElement.dataset.look = "contrast";
  else delete document.documentElement.dataset.look;
}

function isChosen() {
  return document.cookie.split("; ").includes("look=contrast");
}

/** Menus of the top bar close on Escape and on a click elsewhere, as menus do. */
export function wireMenus(root) {
  const close = (except) => {
    for (const menu of root.querySelectorAll("details.menu[open]"))
      if (menu !== except) menu.open = false;
  };
  root.addEventListener("click", (event) => close(event.target.closest("details.menu")));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(null);
  });
}

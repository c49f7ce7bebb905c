/**
 * @typedef {"paper" | "ink"} Theme
 */

const YEAR_SECONDS = 31_536_000;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @returns {Theme} */
export function shownTheme() {
  const set = document.documentElement.dataset.theme;
  if (set === "paper" || set === "ink") return set;
  return dark.matches ? "ink" : "paper";
}

/**
 * Keeps the choice in a cookie, so that the server draws the next page in it and nothing flashes.
 * @param {Theme | "system"} choice
 */
export function setTheme(choice) {
  if (choice === "system") {
    delete document.documentElement.dataset.theme;
    document.cookie = "theme=; path=/; max-age=0; samesite=lax";
  } else {
    document.documentElement.dataset.theme = choice;
    document.cookie = `theme=${choice}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  }
  mark();
  document.dispatchEvent(new CustomEvent("commonplace:theme", { detail: { theme: shownTheme() } }));
}

/** Marks the buttons that choose a theme with what is chosen. */
function mark() {
  const chosen = document.documentElement.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-to]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-theme-to") === chosen));
  }
}

export function startTheme() {
  mark();
  dark.addEventListener("change", () =>
    document.dispatchEvent(new CustomEvent("commonplace:theme", { detail: { theme: shownTheme() } })),
  );
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-theme-to], [data-theme-toggle]");
    if (!button) return;
    const to = button.getAttribute("data-theme-to");
    if (to === "paper" || to === "ink" || to === "system") setTheme(to);
    else setTheme(shownTheme() === "ink" ? "paper" : "ink");
  });
}

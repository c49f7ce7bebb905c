// Write, both, read: remembered in a cookie, so that the server draws the next note in it.
const YEAR_SECONDS = 31_536_000;
const VIEWS = ["write", "both", "read"];

/**
 * @param {HTMLElement} root The page of the note.
 * @param {(view: string) => void} onChange
 */
export function startViews(root, onChange) {
  const buttons = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-view-to]")]);
  const mark = () => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.viewTo === root.dataset.view));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const view = button.dataset.viewTo ?? "";
      if (!VIEWS.includes(view) || view === root.dataset.view) return;
      root.dataset.view = view;
      document.cookie = `view=${view}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
      mark();
      onChange(view);
    });
  }
  mark();
}

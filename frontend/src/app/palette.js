// Ctrl-K: go to a note, a notebook or a command. The server finds; here one chooses.
import { isMod } from "./keys.js";

/** @param {HTMLDialogElement} dialog */
function startIn(dialog) {
  const input = dialog.querySelector("[data-palette-input]");
  const list = dialog.querySelector("[data-palette-list]");
  if (!(input instanceof HTMLInputElement) || !list) return;

  const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("a[role='option']")]);
  const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  /** @param {number} index */
  const choose = (index) => {
    const all = options();
    const at = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
    const option = all[at];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    input.dispatchEvent(new CustomEvent("palette:open", { bubbles: true }));
  };

  document.addEventListener("keydown", (event) => {
    // The editor takes the same keys for a link, when words are selected.
    if (event.defaultPrevented || event.key.toLowerCase() !== "k") return;
    if (!isMod(event) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element && event.target.closest("[data-palette-open]");
    // With another key held the link opens its page in a new tab.
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen() + 1);
    else if (event.key === "ArrowUp") choose(chosen() - 1);
    else if (event.key === "Enter") options()[Math.max(0, chosen())]?.click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("htmx:after:settle", () => choose(0));
  list.addEventListener("pointermove", (event) => {
    const at = options().findIndex((option) => event.target instanceof Node && option.contains(event.target));
    if (at >= 0 && at !== chosen()) choose(at);
  });
}

export function startPalette() {
  const dialog = document.querySelector("[data-palette]");
  if (dialog instanceof HTMLDialogElement) startIn(dialog);
}

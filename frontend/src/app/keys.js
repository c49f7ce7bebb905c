// Keys that work on every page, and the list of them.
const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** @param {KeyboardEvent} event */
export function isMod(event) {
  return isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable='true']"));
}

export function startKeys() {
  if (isMac) {
    for (const key of document.querySelectorAll("[data-key]")) {
      key.textContent = key.getAttribute("data-key")?.replace("Mod", "⌘") ?? "";
    }
  }
  const dialog = document.querySelector("[data-keys]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (!(dialog instanceof HTMLDialogElement) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    dialog.showModal();
  });
  // A click beside a dialog closes it.
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  });
}

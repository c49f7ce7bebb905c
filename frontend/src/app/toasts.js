/**
 * @typedef {"plain" | "error"} Tone
 */

const SHOWN_MS = 6000;

/**
 * Says one sentence at the edge of the page, and politely to screen readers.
 * @param {string} text
 * @param {Tone} [tone]
 */
export function toast(text, tone = "plain") {
  const item = document.createElement("p");
  item.className = tone === "error" ? "toast-note toast-note-error" : "toast-note";
  item.textContent = text;
  shelf().append(item);
  let timer = setTimeout(() => item.remove(), SHOWN_MS);
  // A sentence that somebody is reading stays.
  item.addEventListener("pointerenter", () => clearTimeout(timer));
  item.addEventListener("pointerleave", () => (timer = setTimeout(() => item.remove(), SHOWN_MS / 2)));
}

/** @returns {Element} */
function shelf() {
  const found = document.querySelector("[data-toasts]");
  if (found) return found;
  const made = document.createElement("div");
  made.dataset.toasts = "";
  made.className = "toasts";
  made.setAttribute("role", "status");
  made.setAttribute("aria-live", "polite");
  document.body.append(made);
  return made;
}

/** The server's own messages fade by themselves too, unless they are errors. */
export function fadeMessages() {
  for (const item of document.querySelectorAll("[data-toast]")) {
    if (item.matches("[data-toast='error']")) continue;
    setTimeout(() => item.remove(), SHOWN_MS);
  }
}

import { element } from "../lib/dom.js";
import { icon } from "../lib/icon.js";

/**
 * Says one sentence at the edge of the page, and politely to screen readers. An error stays until it is closed.
 * @param {string} text
 * @param {"plain" | "error"} [tone]
 */
export function toast(text, tone = "plain") {
  const close = element("button", { type: "button", class: "toast-close", "aria-label": "Dismiss" }, icon("x"));
  const item = element(
    "div",
    { class: `toast ${tone === "error" ? "toast-error" : "toast-report"}` },
    element("span", { class: "toast-text" }, text),
    close,
  );
  close.addEventListener("click", () => item.remove());
  item.addEventListener("animationend", () => item.remove());
  shelf().append(item);
}

/** @returns {Element} */
function shelf() {
  const found = document.querySelector("[data-toasts]");
  if (found) return found;
  const made = element("div", { class: "toasts", "data-toasts": true, role: "status", "aria-live": "polite" });
  document.body.append(made);
  return made;
}

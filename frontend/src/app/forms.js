// Small comforts of forms, each with a way that works without them.
import { toast } from "./toasts.js";

export function startForms() {
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLSelectElement && field.matches("[data-submit-on-change]")) field.form?.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy]");
    const field = button && document.querySelector(button.getAttribute("data-copy") ?? "");
    if (field instanceof HTMLInputElement) copy(field);
  });
}

/** @param {HTMLInputElement} field */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    toast("Copied.");
  } catch {
    // Without https browsers keep the clipboard to themselves: then it is selected, ready for the keys.
    field.focus();
    field.select();
    toast("Selected: copy it with your keys.");
  }
}

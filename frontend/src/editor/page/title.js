// The note's name: where one may rename it, in its field; and in the tab, which tells when something is not saved.

/**
 * @param {HTMLElement} root
 */
export function startTitle(root) {
  let unsaved = false;
  const place = root.querySelector("#crumb-title");
  startRenaming(root);
  const show = () => {
    const name = place?.textContent?.trim() || document.title;
    document.title = `${unsaved ? "• " : ""}${name}${place ? " · Commonplace" : ""}`;
  };
  if (place) new MutationObserver(show).observe(place, { childList: true, characterData: true, subtree: true });
  return {
    /** @param {boolean} is */
    setUnsaved(is) {
      if (is === unsaved) return;
      unsaved = is;
      show();
    },
    get name() {
      return place?.textContent?.trim() || "note";
    },
  };
}

/**
 * What stands in the field is what the note is called: leaving it saves, Escape goes back, and so does no title at all.
 * @param {HTMLElement} root
 */
function startRenaming(root) {
  root.addEventListener("focusout", ({ target }) => {
    const field = fieldAt(target);
    if (field) settle(field);
  });
  root.addEventListener("keydown", (event) => {
    const field = fieldAt(event.target);
    if (!field || event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    if (event.key === "Escape") goBack(field);
    field.blur();
  });
  // 422 comes with a field of its own. After anything else the words stay, to be saved the next time, and look unsaved.
  for (const failure of ["htmx:response:error", "htmx:error"]) {
    root.addEventListener(failure, ({ target }) => {
      const field = target instanceof HTMLFormElement && fieldAt(target.elements.namedItem("title"));
      if (field && isNew(field)) field.setAttribute("aria-invalid", "true");
    });
  }
}

/** @param {unknown} target */
function fieldAt(target) {
  return target instanceof HTMLTextAreaElement && target.matches("#note-title textarea") ? target : null;
}

/** @param {HTMLTextAreaElement} field */
function settle(field) {
  if (isNew(field)) field.form?.requestSubmit();
  else goBack(field);
}

/** @param {HTMLTextAreaElement} field */
function isNew(field) {
  const words = oneLine(field.value);
  return words !== "" && words !== oneLine(field.defaultValue);
}

/** @param {HTMLTextAreaElement} field */
function goBack(field) {
  field.form?.reset();
  field.removeAttribute("aria-invalid");
}

/** As the server writes it. @param {string} text */
function oneLine(text) {
  return text.split(/\s+/).join(" ").trim();
}

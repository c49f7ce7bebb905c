// The name of the tab follows the note's name, and tells when something in it is not saved.

/**
 * @param {HTMLElement} root
 */
export function startTitle(root) {
  let unsaved = false;
  const place = root.querySelector("#crumb-title");
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

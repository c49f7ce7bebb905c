// Signing out takes what this browser keeps of one's notes along: people share computers.
const PREFIX = "commonplace:";

/** @param {string} name @returns {Promise<number>} Edits in it that no database has confirmed. */
function unsavedIn(name) {
  return new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const db = request.result;
      if (!db.objectStoreNames.contains("unsaved")) return done(0);
      const all = db.transaction("unsaved").objectStore("unsaved").getAll();
      all.onerror = () => done(0);
      all.onsuccess = () => done(all.result.reduce((sum, mark) => sum + mark.edits, 0));
      /** @param {number} edits */
      function done(edits) {
        db.close();
        resolve(edits);
      }
    };
  });
}

/** @param {HTMLFormElement} form */
async function leave(form) {
  const found = (await indexedDB.databases?.().catch(() => [])) ?? [];
  const names = found.map(({ name }) => name ?? "").filter((name) => name.startsWith(PREFIX));
  const counts = await Promise.all(names.map(unsavedIn));
  const unsaved = counts.reduce((sum, edits) => sum + edits, 0);
  const question = `${unsaved} of your changes are not saved yet and lie only in this browser. Sign out and lose them?`;
  if (unsaved && !confirm(question)) return;
  for (const name of names) indexedDB.deleteDatabase(name);
  form.submit();
}

export function startLeaving() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !new URL(form.action).pathname.endsWith("/logout/")) return;
    event.preventDefault();
    leave(form).catch(() => form.submit());
  });
}

// Signing out takes what this browser keeps of one's notes along: people share computers.
const PREFIX = "commonplace:";

const STORES = ["unsaved", "drafts"];

/**
 * @param {string} name Of a database of src/editor/offline/device.js.
 * @returns {Promise<number>} Notes in it with edits that no database has confirmed, and drafts.
 */
function onlyIn(name) {
  return new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const db = request.result;
      if (!STORES.every((store) => db.objectStoreNames.contains(store))) {
        db.close();
        return resolve(0);
      }
      const transaction = db.transaction(STORES);
      const counts = STORES.map((store) => transaction.objectStore(store).count());
      transaction.onabort = () => resolve(0);
      transaction.oncomplete = () => {
        db.close();
        resolve(counts.reduce((sum, { result }) => sum + result, 0));
      };
      return undefined;
    };
  });
}

/** @param {HTMLFormElement} form */
async function leave(form) {
  const found = (await indexedDB.databases?.().catch(() => [])) ?? [];
  const names = found.map(({ name }) => name ?? "").filter((name) => name.startsWith(PREFIX));
  const counts = await Promise.all(names.map(onlyIn));
  const question = "Some of your text is in no note yet, and lies only in this browser. Sign out and lose it?";
  if (counts.some(Boolean) && !confirm(question)) return;
  for (const name of names) indexedDB.deleteDatabase(name);
  form.submit();
}

export function startLeaving() {
  // An account that is no more.
  const gone = document.querySelector("[data-gone]")?.getAttribute("data-gone");
  if (gone) indexedDB.deleteDatabase(PREFIX + gone);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !new URL(form.action).pathname.endsWith("/logout/")) return;
    event.preventDefault();
    leave(form).catch(() => form.submit());
  });
}

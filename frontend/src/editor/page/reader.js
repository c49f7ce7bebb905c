/**
 * Whether the note's page opens for the same person as before. Somebody else may have signed in here meanwhile, and
 * what was written in one name must not be sent in another.
 * @param {import("./notepage.js").NotePage} page
 */
export async function isReader(page) {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok) return false;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-note]");
  return found?.getAttribute("data-user-id") === page.me.id;
}

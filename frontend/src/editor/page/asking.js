// The note's own page, asked again: it knows in which state the note is, and who is asking.
import { mayWrite } from "./notepage.js";

/**
 * @typedef {import("./notepage.js").NotePage} NotePage
 * @typedef {import("../wire/protocol.js").Role} Role
 * @typedef {"writing" | "reading" | "archived" | "deleted"} NoteState
 */

/** @returns {Promise<Document | null>} null: no answer. */
async function pageNow() {
  const answer = await fetch(location.pathname).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

/**
 * Whether the note's page opens for the same person as before. Somebody else may have signed in here meanwhile, and
 * what was written in one name must not be sent in another.
 * @param {NotePage} page
 */
export async function isReader(page) {
  const now = await pageNow();
  return now?.querySelector("[data-note]")?.getAttribute("data-user-id") === page.me.id;
}

/**
 * Finds out why the right to write came or went, and puts the page's own notice about it in its place.
 * @param {NotePage} page
 * @param {Role | null} role
 * @returns {Promise<NoteState>}
 */
export async function askForState({ root }, role) {
  const now = await pageNow();
  const place = root.querySelector("[data-state]");
  const words = now?.querySelector("[data-state]")?.childNodes ?? [];
  if (now) place?.replaceChildren(...[...words].map((node) => document.importNode(node, true)));
  if (now?.querySelector("[data-deleted]")) return "deleted";
  return stateOf(root, mayWrite(role));
}

/**
 * @param {HTMLElement} root
 * @param {boolean} writable
 * @returns {NoteState}
 */
export function stateOf(root, writable) {
  if (root.querySelector("[data-archived]")) return "archived";
  return writable ? "writing" : "reading";
}

// What stands above a note while something keeps its reader from it, and where to go from there.
import { element } from "../../lib/dom.js";

/**
 * @typedef {import("../session.js").Session} Session
 * @typedef {import("./notepage.js").NotePage} NotePage
 * @typedef {import("./asking.js").NoteState} NoteState
 *
 * @typedef {Object} Hint
 * @property {string} words
 * @property {string} [way] What the link says.
 * @property {string} [href]
 * @property {boolean} [aside] In a new tab: something is in this one only.
 */

/**
 * @param {Session} session
 * @param {NoteState} state
 * @param {boolean} toWrite The page was made to write in.
 * @returns {Hint | null}
 */
function hintFor(session, state, toWrite) {
  if (session.signedOut) return signedOut(session);
  if (session.sentAway) {
    const words = "You may not open this note any more: it was deleted, or it is no longer shared with you.";
    return { words, way: "Home", href: "/" };
  }
  if (state === "deleted") {
    return { words: "This note was deleted. Its text is kept.", way: "Bring it back", href: location.pathname };
  }
  if (state === "reading" && toWrite) {
    return { words: "You may only read here now. The right to write was taken away." };
  }
  // A page made for reading has no tools to write with.
  const made = { words: "You may write here now.", way: "Begin", href: location.pathname };
  return state === "writing" && !toWrite ? made : null;
}

/** @param {Session} session @returns {Hint} */
function signedOut(session) {
  const words = session.writable
    ? "You are signed out. What you write is kept on this device, and saved once you have signed in again."
    : "You are signed out, and this browser keeps nothing of the note. Sign in to write on.";
  const href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
  return { words, way: "Sign in", href, aside: session.unsaved > 0 };
}

export class StandingNotice {
  #shown = "null";
  #place;
  #toWrite;

  /** @param {NotePage} page */
  constructor({ root, writable }) {
    this.#place = root.querySelector("[data-standing]");
    this.#toWrite = writable;
  }

  /**
   * @param {Session} session
   * @param {NoteState} state
   */
  show(session, state) {
    const hint = hintFor(session, state, this.#toWrite);
    const shown = JSON.stringify(hint);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#place?.replaceChildren(...(hint ? [row(hint)] : []));
  }
}

/** @param {Hint} hint */
function row({ words, way, href, aside }) {
  const made = element("div", { class: "notice-row" }, element("span", {}, words));
  if (!href || !way) return made;
  const link = element("a", { class: "btn btn-quiet btn-sm end", href }, way);
  if (aside) link.target = "_blank";
  made.append(link);
  return made;
}

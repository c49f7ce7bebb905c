// What stands above a note while something keeps its reader from it, and where to go from there.
import { element } from "../../lib/dom.js";

/**
 * @typedef {import("../session.js").Session} Session
 *
 * @typedef {Object} Hint
 * @property {string} words
 * @property {string} way What the link says.
 * @property {string} href
 * @property {boolean} aside In a new tab: something is in this one only.
 */

/** @param {Session} session @returns {Hint | null} */
function hintFor(session) {
  if (!session.signedOut) return null;
  const words = session.writable
    ? "You are signed out. What you write is kept on this device, and saved once you have signed in again."
    : "You are signed out, and this browser keeps nothing of the note. Sign in to write on.";
  const href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
  return { words, way: "Sign in", href, aside: session.unsaved > 0 };
}

export class StandingNotice {
  #shown = "";
  #place;

  /** @param {Element | null} place */
  constructor(place) {
    this.#place = place;
  }

  /** @param {Session} session */
  show(session) {
    const hint = hintFor(session);
    const shown = JSON.stringify(hint);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#place?.replaceChildren(...(hint ? [row(hint)] : []));
  }
}

/** @param {Hint} hint */
function row({ words, way, href, aside }) {
  const link = element("a", { class: "btn btn-quiet btn-sm end", href, ...(aside && { target: "_blank" }) }, way);
  return element("div", { class: "notice-row" }, element("span", {}, words), link);
}

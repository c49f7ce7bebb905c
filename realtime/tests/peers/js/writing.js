// Edits as an editor makes them: whole characters, anywhere in the text.
import { LOCAL } from "./peer.js";

/** @typedef {import("./peer.js").Peer} Peer */
/** @typedef {import("./random.js").Random} Random */

const WORDS = [
  "water",
  "the ",
  "index ",
  "naïve ",
  "größer ",
  "Ωmega ",
  "東京",
  "한국어 ",
  "שלום ",
  "\n",
  "- ",
  "## ",
  "a",
  "b",
  " ",
  "😀",
  "👩‍👩‍👧‍👦",
  "🏳️‍🌈",
  "🇩🇪",
  "é",
  "𝒜",
  "🧠x🧠",
  "👍🏽",
  "\t",
];

/** @param {Random} random */
export function someText(random) {
  if (random.maybe(0.03)) return Array.from({ length: random.between(200, 1500) }, () => random.pick(WORDS)).join("");
  return Array.from({ length: random.between(1, 4) }, () => random.pick(WORDS)).join("");
}

/**
 * The beginning of the character at or before an index.
 * @param {string} text
 * @param {number} index
 */
export function whole(text, index) {
  const unit = text.charCodeAt(index);
  const before = text.charCodeAt(index - 1);
  const inside = unit >= 0xdc00 && unit < 0xe000 && before >= 0xd800 && before < 0xdc00;
  return inside ? index - 1 : index;
}

/**
 * Replaces a range by text, in one transaction.
 * @param {Peer} peer
 * @param {number} at Where, from 0 (beginning) to 1 (end).
 * @param {number} length Units to delete, as far as there are so many.
 * @param {string} text
 */
export function replace(peer, at, length, text) {
  const present = peer.text.toString();
  const from = whole(present, Math.round(at * present.length));
  const to = whole(present, Math.min(present.length, from + length));
  peer.doc.transact(() => {
    if (to > from) peer.text.delete(from, to - from);
    if (text) peer.text.insert(from, text);
  }, LOCAL);
}

// Whole characters only. A change that cuts a surrogate pair makes Yjs and other CRDT libraries disagree about the
// text, and the server refuses it. And line feeds only: offsets in the editor are offsets in the shared text.
import { EditorSelection, EditorState, Transaction } from "@codemirror/state";
import { ySyncAnnotation } from "y-codemirror.next";

/**
 * @typedef {{ from: number, to: number, insert: string }} Change
 */

const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const BREAKS = /\r\n?/g;

/** @param {number} unit */
const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;
/** @param {number} unit */
const isLow = (unit) => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * Text as it may stand in a note.
 * @param {string} text
 */
export function clean(text) {
  return text.replace(BREAKS, "\n").replaceAll("\0", "").replace(LONE, "\uFFFD");
}

/**
 * The same change on whole characters.
 * @param {(from: number, to: number) => string} slice The text before the change.
 * @param {Change} change
 * @returns {Change}
 */
export function wholeCharacters(slice, { from, to, insert }) {
  const before = cuts(slice, from) ? slice(from - 1, from) : "";
  const after = cuts(slice, to) ? slice(to, to + 1) : "";
  if (!before && !after) return { from, to, insert: clean(insert) };
  // Half of an emoji changed, as the browser sees it: with the other half it may be a character again.
  const joined = before + insert + after;
  if (joined.search(LONE) < 0) return { from: from - before.length, to: to + after.length, insert: clean(joined) };
  // Nothing is inserted inside a character, but after it.
  if (from === to) return { from: from + 1, to: from + 1, insert: clean(insert) };
  // Whoever takes away half of a character takes away all of it.
  return { from: from - before.length, to: to + after.length, insert: clean(insert) };
}

/**
 * @param {(from: number, to: number) => string} slice
 * @param {number} at
 */
function cuts(slice, at) {
  if (at === 0) return false;
  const around = slice(at - 1, at + 1);
  return around.length === 2 && isHigh(around.charCodeAt(0)) && isLow(around.charCodeAt(1));
}

/** Every change that is made here passes through this. What came from the shared text is taken as it is. */
export const codePoints = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.annotation(ySyncAnnotation)) return transaction;
  const { doc } = transaction.startState;
  /** @param {number} from @param {number} to */
  const slice = (from, to) => doc.sliceString(from, Math.min(to, doc.length), "\n");
  /** @type {Change[]} */
  const changes = [];
  let mended = false;
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    const change = { from, to, insert: inserted.sliceString(0, inserted.length, "\n") };
    const whole = wholeCharacters(slice, change);
    mended ||= whole.from !== from || whole.to !== to || whole.insert !== change.insert;
    changes.push(whole);
  });
  if (!mended) return transaction;
  const set = transaction.startState.changes(changes);
  const { ranges, mainIndex } = transaction.startState.selection;
  const cursors = ranges.map((range) => EditorSelection.cursor(set.mapPos(range.to, 1)));
  return {
    changes: set,
    selection: EditorSelection.create(cursors, mainIndex),
    effects: transaction.effects,
    scrollIntoView: transaction.scrollIntoView,
    userEvent: transaction.annotation(Transaction.userEvent),
  };
});

// Enter on an empty item: a nested one moves out, the outermost ends the list.
import { enclosing } from "./inline.js";

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/state").EditorState} EditorState
 * @typedef {import("@codemirror/state").Line} Line
 */

const EMPTY = /^(\s*)(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]*)?$/;
const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))[ \t]+(\[[ xX]\][ \t]+)?/;

/** @type {Command} */
export const leaveItem = (view) => {
  const { state } = view;
  const { main, ranges } = state.selection;
  const line = state.doc.lineAt(main.head);
  const found = EMPTY.exec(line.text);
  if (state.readOnly || ranges.length > 1 || !main.empty || main.head !== line.to || !found) return false;
  if (enclosing(state, main, "FencedCode")) return false;
  const outer = markAround(state, line.number, found[1]?.length ?? 0);
  // A line right under an item would be part of it, and one right above the next part of that.
  const before = outer === null && touches(state, line.number - 1) ? "\n" : "";
  const after = outer === null && touches(state, line.number + 1) ? "\n" : "";
  const mark = outer ?? "";
  view.dispatch({
    changes: { from: line.from, to: line.to, insert: before + mark + after },
    selection: { anchor: line.from + before.length + mark.length },
    scrollIntoView: true,
    userEvent: "input",
  });
  return true;
};

/**
 * The mark of a new item in the list around this one.
 * @param {EditorState} state
 * @param {number} number
 * @param {number} depth
 * @returns {string | null} null: there is no list around it.
 */
function markAround(state, number, depth) {
  for (let above = number - 1; above > 0; above--) {
    const { text } = state.doc.line(above);
    const found = ITEM.exec(text);
    if (!found && text.trim() && !/^\s/.test(text)) return null;
    if (!found || (found[1]?.length ?? 0) >= depth) continue;
    const [, indent = "", bullet, count, dot, task] = found;
    return `${indent}${bullet ?? `${Number(count) + 1}${dot}`} ${task ? "[ ] " : ""}`;
  }
  return null;
}

/**
 * @param {EditorState} state
 * @param {number} number
 */
function touches(state, number) {
  return number >= 1 && number <= state.doc.lines && state.doc.line(number).text.trim() !== "";
}

// Tab and Shift-Tab move list items in and out; elsewhere Tab indents like any editor.
import { indentLess, indentMore } from "@codemirror/commands";
import { selectedLines } from "./lines.js";

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/state").EditorState} EditorState
 */

const MARK = /^(\s*)([-*+]|\d{1,9}[.)])[ \t]+/;

/**
 * How far an item must go in to stand under the one above: as far as that one's words. A fixed step would not do, "1. "
 * needs three spaces and "- " two.
 * @param {EditorState} state
 * @param {number} number Of the line.
 */
function stepOf(state, number) {
  const own = MARK.exec(state.doc.line(number).text);
  const depth = own?.[1]?.length ?? 0;
  for (let above = number - 1; above > 0; above--) {
    const { text } = state.doc.line(above);
    const found = MARK.exec(text);
    if (found && (found[1]?.length ?? 0) <= depth) return found[0].length - depth;
    if (!found && text.trim() && !/^\s/.test(text)) break;
  }
  return own ? own[0].length - depth : 2;
}

/** @type {Command} */
export const indentList = (view) => {
  const { state } = view;
  const lines = selectedLines(state);
  const first = lines[0];
  if (state.readOnly || !first || !MARK.test(first.text)) return indentMore(view);
  const step = Math.max(1, stepOf(state, first.number));
  const changes = lines.filter(({ text }) => text.trim()).map(({ from }) => ({ from, insert: " ".repeat(step) }));
  view.dispatch({ changes, userEvent: "input.indent" });
  return true;
};

/** @type {Command} */
export const outdentList = (view) => {
  const { state } = view;
  const lines = selectedLines(state);
  const first = lines[0];
  if (state.readOnly || !first || !MARK.test(first.text)) return indentLess(view);
  const depth = /^\s*/.exec(first.text)?.[0].length ?? 0;
  const parent = parentDepth(state, first.number, depth);
  const changes = lines.map(({ from, text }) => {
    const indent = /^\s*/.exec(text)?.[0].length ?? 0;
    return { from, to: from + Math.min(indent, depth - parent) };
  });
  view.dispatch({ changes, userEvent: "delete.dedent" });
  return true;
};

/**
 * @param {EditorState} state
 * @param {number} number
 * @param {number} depth
 */
function parentDepth(state, number, depth) {
  for (let above = number - 1; above > 0; above--) {
    const found = MARK.exec(state.doc.line(above).text);
    const indent = found?.[1]?.length ?? 0;
    if (found && indent < depth) return indent;
  }
  return 0;
}

// Marks around words: **bold**, *italic*, ~~strike~~, `code`. Pressing again takes them away.
import { syntaxTree } from "@codemirror/language";
import { EditorSelection } from "@codemirror/state";

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/state").EditorState} EditorState
 * @typedef {import("@codemirror/state").SelectionRange} SelectionRange
 * @typedef {import("@lezer/common").SyntaxNode} SyntaxNode
 */

/**
 * @param {string} mark
 * @param {string} name Of the node that the mark makes.
 * @returns {Command}
 */
export function around(mark, name) {
  return (view) => {
    const { state } = view;
    if (state.readOnly) return false;
    const change = state.changeByRange((range) => {
      const node = enclosing(state, range, name);
      return node ? without(node, range) : within(state, range, mark);
    });
    view.dispatch(state.update(change, { scrollIntoView: true, userEvent: "input.format" }));
    return true;
  };
}

/**
 * The innermost node of that name around a range.
 * @param {EditorState} state
 * @param {{ from: number, to: number }} range
 * @param {string} name
 * @returns {SyntaxNode | null}
 */
export function enclosing(state, { from, to }, name) {
  for (const side of /** @type {const} */ ([-1, 1])) {
    /** @type {SyntaxNode | null} */
    let node = syntaxTree(state).resolveInner(from, side);
    for (; node; node = node.parent) if (node.name === name && node.from <= from && node.to >= to) return node;
  }
  return null;
}

/**
 * @param {SyntaxNode} node
 * @param {SelectionRange} range
 */
function without(node, range) {
  const first = node.firstChild;
  const last = node.lastChild;
  if (!first || !last || first.from !== node.from || last.to !== node.to || first.from === last.from) return { range };
  const opened = first.to - first.from;
  /** @param {number} at */
  const moved = (at) => Math.min(Math.max(at - opened, node.from), last.from - opened);
  return {
    changes: [
      { from: first.from, to: first.to },
      { from: last.from, to: last.to },
    ],
    range: EditorSelection.range(moved(range.anchor), moved(range.head)),
  };
}

/**
 * @param {EditorState} state
 * @param {SelectionRange} range
 * @param {string} mark
 */
function within(state, range, mark) {
  const { from, to } = tight(state, range.empty ? state.wordAt(range.head) ?? range : range);
  const size = mark.length;
  return {
    changes: [
      { from, insert: mark },
      { from: to, insert: mark },
    ],
    range: range.empty
      ? EditorSelection.cursor(range.head + size)
      : EditorSelection.range(Math.max(range.anchor, from) + size, Math.min(range.head, to) + size),
  };
}

/**
 * Without the spaces at its ends: marks stand at words, or Markdown does not see them.
 * @param {EditorState} state
 * @param {{ from: number, to: number }} range
 */
function tight(state, { from, to }) {
  const text = state.sliceDoc(from, to);
  if (!text.trim()) return { from, to };
  return { from: from + text.length - text.trimStart().length, to: to - (text.length - text.trimEnd().length) };
}

// Pieces that take lines of their own: code, tables. And links.
import { enclosing } from "./inline.js";
import { selectedLines } from "./lines.js";

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/view").EditorView} EditorView
 * @typedef {import("@codemirror/state").EditorState} EditorState
 * @typedef {import("@lezer/common").SyntaxNode} SyntaxNode
 */

const TABLE = ["| Column | Column |", "|---|---|", "|  |  |"];
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/;

/** @type {Command} */
export const codeBlock = (view) => {
  const { state } = view;
  const lines = selectedLines(state);
  const first = lines[0];
  const last = lines.at(-1);
  if (state.readOnly || !first || !last) return false;
  const { from, to } = state.selection.main;
  const block = enclosing(state, { from, to }, "FencedCode");
  // Whoever selects a whole block, fences and all, wants to show how it is written.
  if (block && (from > block.from || to < block.to)) return withoutFences(view, block);
  // Longer than any fence inside.
  const inside = state.sliceDoc(first.from, last.to);
  const longest = Math.max(2, ...[...inside.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  view.dispatch({
    changes: [
      { from: first.from, insert: `${fence}\n` },
      { from: last.to, insert: `\n${fence}` },
    ],
    // Where the language is written.
    selection: { anchor: first.from + fence.length },
    scrollIntoView: true,
    userEvent: "input.format",
  });
  return true;
};

/**
 * @param {EditorView} view
 * @param {SyntaxNode} block
 */
function withoutFences(view, { from, to, lastChild }) {
  const { state } = view;
  const opening = state.doc.lineAt(from);
  const last = state.doc.lineAt(to);
  const closed = lastChild?.name === "CodeMark" && lastChild.from > opening.to;
  const inside = Math.min(opening.to + 1, last.to);
  const end = closed ? Math.max(inside, last.from - 1) : last.to;
  view.dispatch({
    changes: [
      { from: opening.from, to: inside },
      { from: end, to: last.to },
    ],
    scrollIntoView: true,
    userEvent: "input.format",
  });
  return true;
}

/** @type {Command} */
export const table = (view) => {
  const { state } = view;
  if (state.readOnly || enclosing(state, state.selection.main, "Table")) return false;
  const line = state.doc.lineAt(state.selection.main.to);
  const blank = !line.text.trim();
  const lead = blank ? needsGap(state, line.number) : "\n\n";
  const insert = `${lead}${TABLE.join("\n")}\n`;
  const from = blank ? line.from : line.to;
  const cell = from + lead.length + 2;
  view.dispatch({
    changes: { from, to: line.to, insert },
    selection: { anchor: cell, head: cell + "Column".length },
    scrollIntoView: true,
    userEvent: "input.format",
  });
  return true;
};

/**
 * A table that touches a paragraph would be part of it.
 * @param {EditorState} state
 * @param {number} number
 */
function needsGap(state, number) {
  return number > 1 && state.doc.line(number - 1).text.trim() ? "\n" : "";
}

/** @type {Command} */
export const link = (view) => {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  const around = enclosing(state, { from, to }, "Link");
  if (around) return withoutLink(view, around);
  const words = state.sliceDoc(from, to);
  const isAddress = ADDRESS.test(words);
  const insert = isAddress ? `[](${words})` : `[${words}](https://)`;
  // The cursor goes where something is missing.
  const missing = isAddress || !words ? from + 1 : from + words.length + 3;
  const head = isAddress || !words ? missing : missing + "https://".length;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: missing, head },
    scrollIntoView: true,
    userEvent: "input.format",
  });
  return true;
};

/**
 * @param {EditorView} view
 * @param {SyntaxNode} link
 */
function withoutLink(view, link) {
  const { state } = view;
  const [open, close] = link.getChildren("LinkMark");
  const url = link.getChild("URL");
  const address = url ? state.sliceDoc(url.from, url.to) : "";
  const words = open && close ? state.sliceDoc(open.to, close.from) : "";
  // An address without words is what somebody pasted; one that was never filled in is nothing.
  const insert = words || (ADDRESS.test(address) ? address : "");
  const end = link.from + insert.length;
  view.dispatch({
    changes: { from: link.from, to: link.to, insert },
    selection: { anchor: state.selection.main.empty ? end : link.from, head: end },
    scrollIntoView: true,
    userEvent: "input.format",
  });
  return true;
}

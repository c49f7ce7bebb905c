// Pieces that take lines of their own: code, tables. And links.
import { selectedLines } from "./lines.js";

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/state").EditorState} EditorState
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

/** @type {Command} */
export const table = (view) => {
  const { state } = view;
  if (state.readOnly) return false;
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

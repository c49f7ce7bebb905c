// The commands of the toolbar, by the names that the page gives its buttons.
import { toggleFind } from "../view/find.js";
import { redo, undo } from "../view/undo.js";
import { codeBlock, link, table } from "./blocks.js";
import { around, enclosing } from "./inline.js";
import { heading, list, listKind, nextHeading, quote } from "./lines.js";

export { heading };

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/state").EditorState} EditorState
 */

export const commands = Object.freeze({
  bold: around("**", "StrongEmphasis"),
  italic: around("*", "Emphasis"),
  strike: around("~~", "Strikethrough"),
  code: around("`", "InlineCode"),
  link,
  heading: nextHeading,
  bullet: list("bullet"),
  ordered: list("ordered"),
  task: list("task"),
  quote,
  codeblock: codeBlock,
  table,
  undo,
  redo,
  find: toggleFind,
});

/** @typedef {keyof typeof commands} CommandName */

/** @type {Partial<Record<CommandName, (state: EditorState) => boolean>>} */
const HOLDS = {
  bold: (state) => inside(state, "StrongEmphasis"),
  italic: (state) => inside(state, "Emphasis"),
  strike: (state) => inside(state, "Strikethrough"),
  code: (state) => inside(state, "InlineCode"),
  link: (state) => inside(state, "Link"),
  heading: (state) => /^#{1,6}[ \t]/.test(lineOf(state)),
  bullet: (state) => listKind(lineOf(state)) === "bullet",
  ordered: (state) => listKind(lineOf(state)) === "ordered",
  task: (state) => listKind(lineOf(state)) === "task",
  quote: (state) => /^\s*>/.test(lineOf(state)),
  codeblock: (state) => inside(state, "FencedCode"),
  table: (state) => inside(state, "Table"),
};

/**
 * Whether the cursor stands in what a command makes; undefined if it makes nothing that one can stand in.
 * @param {CommandName} name
 * @param {EditorState} state
 */
export function holds(name, state) {
  return HOLDS[name]?.(state);
}

/**
 * @param {EditorState} state
 * @param {string} name
 */
function inside(state, name) {
  return enclosing(state, state.selection.main, name) !== null;
}

/** @param {EditorState} state */
function lineOf(state) {
  return state.doc.lineAt(state.selection.main.head).text;
}

// One CodeMirror view bound to one shared text.
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { yCollab } from "y-codemirror.next";
import * as Y from "yjs";
import { codePoints } from "../text/codepoints.js";
import { remoteCursors } from "./cursors.js";
import { find } from "./find.js";
import { highlight } from "./highlight.js";
import { keys } from "./keys.js";
import { noteLanguage } from "./markdown.js";
import { plainText } from "./paste.js";
import { nonce, theme } from "./theme.js";
import { history } from "./undo.js";

/**
 * @typedef {import("y-protocols/awareness").Awareness} Awareness
 * @typedef {import("@codemirror/view").ViewUpdate} ViewUpdate
 */

const EMPTY =
  "Write what you would tell a friend who missed the lecture.\n# makes a heading, - a list, ``` a block of code.";

/** One for all views: there is one on the page at a time. */
const access = new Compartment();

/**
 * @param {Object} options
 * @param {Element} options.parent
 * @param {Y.Text} options.text
 * @param {Awareness} options.awareness
 * @param {boolean} options.writable
 * @param {(update: ViewUpdate) => void} options.onUpdate
 */
export function mount({ parent, text, awareness, writable, onUpdate }) {
  const undoManager = new Y.UndoManager(text, { trackedOrigins: new Set() });
  const state = EditorState.create({
    doc: text.toString(),
    extensions: [
      // One line break, one unit: offsets here are offsets in the shared text.
      EditorState.lineSeparator.of("\n"),
      access.of(accessOf(writable)),
      codePoints,
      plainText,
      yCollab(text, null, { undoManager }),
      history.of(undoManager),
      remoteCursors(text, awareness),
      keys,
      find,
      noteLanguage(),
      indentUnit.of("  "),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(nonce()),
      EditorView.contentAttributes.of({ spellcheck: "true", autocapitalize: "sentences", autocorrect: "on" }),
      // Focusable as it is; said aloud for those tools that do not know it of text that one edits.
      EditorView.contentAttributes.of({ tabindex: "0" }),
      lineNumbers(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      drawSelection(),
      dropCursor(),
      syntaxHighlighting(highlight),
      theme,
      EditorView.updateListener.of(onUpdate),
    ],
  });
  return new EditorView({ state, parent });
}

/**
 * @param {EditorView} view
 * @param {boolean} writable
 */
export function setWritable(view, writable) {
  view.dispatch({ effects: access.reconfigure(accessOf(writable)) });
}

/** @param {boolean} writable */
function accessOf(writable) {
  const label = writable ? "The note, in Markdown. Escape, then Tab leaves it." : "The note, in Markdown, to read";
  return [
    // Editable even then: one may walk through it, select and copy.
    EditorState.readOnly.of(!writable),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": String(!writable) }),
    writable ? placeholder(EMPTY) : [],
  ];
}

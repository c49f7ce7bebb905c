// Undo takes back only what was written here: everybody has a history of their own.
import { Facet } from "@codemirror/state";

/**
 * @typedef {import("yjs").UndoManager} UndoManager
 * @typedef {import("@codemirror/state").EditorState} EditorState
 * @typedef {import("@codemirror/view").Command} Command
 */

/** @type {Facet<UndoManager, UndoManager | null>} */
export const history = Facet.define({ combine: (values) => values[0] ?? null });

/** @type {Command} */
export const undo = ({ state }) => !state.readOnly && Boolean(state.facet(history)?.undo());

/** @type {Command} */
export const redo = ({ state }) => !state.readOnly && Boolean(state.facet(history)?.redo());

/** @param {EditorState} state */
export function canUndo(state) {
  return Boolean(state.facet(history)?.undoStack.length);
}

/** @param {EditorState} state */
export function canRedo(state) {
  return Boolean(state.facet(history)?.redoStack.length);
}

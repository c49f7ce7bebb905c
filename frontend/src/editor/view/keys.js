import { defaultKeymap } from "@codemirror/commands";
import { Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { leaveItem } from "../marks/enter.js";
import { indentList, outdentList } from "../marks/indent.js";
import { commands, heading } from "../marks/commands.js";

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/view").KeyBinding} KeyBinding
 */

/** @type {Command} */
const linkOrPalette = (view) => {
  // With nothing selected Mod-k is the palette, as everywhere.
  if (view.state.selection.main.empty) return false;
  return commands.link(view);
};

/** @type {KeyBinding[]} */
const marks = [
  { key: "Mod-z", run: commands.undo, preventDefault: true },
  { key: "Mod-y", mac: "Mod-Shift-z", run: commands.redo, preventDefault: true },
  { key: "Mod-Shift-z", run: commands.redo, preventDefault: true },
  { key: "Mod-b", run: commands.bold, preventDefault: true },
  { key: "Mod-i", run: commands.italic, preventDefault: true },
  { key: "Mod-e", run: commands.code, preventDefault: true },
  { key: "Mod-k", run: linkOrPalette },
  { key: "Mod-Shift-x", run: commands.strike, preventDefault: true },
  { key: "Mod-Shift-7", run: commands.ordered, preventDefault: true },
  { key: "Mod-Shift-8", run: commands.bullet, preventDefault: true },
  { key: "Mod-Shift-9", run: commands.task, preventDefault: true },
  { key: "Mod-Shift-.", run: commands.quote, preventDefault: true },
  { key: "Mod-Alt-1", run: heading(1), preventDefault: true },
  { key: "Mod-Alt-2", run: heading(2), preventDefault: true },
  { key: "Mod-Alt-3", run: heading(3), preventDefault: true },
  // Escape, then Tab leaves the editor: CodeMirror sees to that.
  { key: "Tab", run: indentList, shift: outdentList },
];

// Before the Enter of the Markdown language: that one leaves a list without a blank line, and so does not leave it.
const enter = Prec.high(keymap.of([{ key: "Enter", run: leaveItem }]));

export const keys = [enter, keymap.of([...marks, ...defaultKeymap])];

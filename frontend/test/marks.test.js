import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { codeBlock, link, table } from "../src/editor/marks/blocks.js";
import { leaveItem } from "../src/editor/marks/enter.js";
import { indentList, outdentList } from "../src/editor/marks/indent.js";
import { around } from "../src/editor/marks/inline.js";
import { heading, list, nextHeading, quote } from "../src/editor/marks/lines.js";

/**
 * Runs a command on a text in which ‹ and › stand around the selection, or | at the cursor.
 * @param {(view: any) => boolean} command
 * @param {string} marked
 */
function run(command, marked) {
  const from = marked.search(/[‹|]/);
  const to = marked.includes("›") ? marked.indexOf("›") - 1 : from;
  let state = EditorState.create({
    doc: marked.replace(/[‹›|]/g, ""),
    selection: { anchor: from, head: to },
    extensions: [markdown({ base: markdownLanguage })],
  });
  ensureSyntaxTree(state, state.doc.length, 1000);
  const view = {
    get state() {
      return state;
    },
    /** @param {any[]} specs */
    dispatch(...specs) {
      state = specs[0].state && specs[0].startState ? specs[0].state : state.update(...specs).state;
    },
  };
  command(view);
  const { anchor, head } = state.selection.main;
  const text = state.sliceDoc();
  const [start, end] = [Math.min(anchor, head), Math.max(anchor, head)];
  if (start === end) return `${text.slice(0, start)}|${text.slice(start)}`;
  return `${text.slice(0, start)}‹${text.slice(start, end)}›${text.slice(end)}`;
}

const bold = around("**", "StrongEmphasis");

/** @type {[name: string, command: (view: any) => boolean, before: string, after: string][]} */
const TABLE = [
  ["an empty item ends the list", leaveItem, "- one\n- two\n- |", "- one\n- two\n\n|"],
  ["an empty number ends the list", leaveItem, "1. one\n2. |", "1. one\n\n|"],
  ["an empty task ends the list", leaveItem, "- [x] one\n- [ ] |", "- [x] one\n\n|"],
  ["an empty item among others parts the list", leaveItem, "1. one\n2. |\n3. two", "1. one\n\n|\n\n3. two"],
  ["an empty item alone is a line again", leaveItem, "- |", "|"],
  ["an empty nested item moves out", leaveItem, "- one\n  - two\n  - |", "- one\n  - two\n- |"],
  ["an empty nested item becomes the next number", leaveItem, "1. one\n   - two\n   - |", "1. one\n   - two\n2. |"],
  ["an empty nested item becomes a task", leaveItem, "- [x] one\n  - |", "- [x] one\n- [ ] |"],
  ["an item with words is left alone", leaveItem, "- one\n- two|", "- one\n- two|"],
  ["a dash in code is left alone", leaveItem, "```\n- |\n```", "```\n- |\n```"],
  ["code away again", codeBlock, "```|\nx\n```", "|x"],
  ["code away again from its words", codeBlock, "a\n\n```js\nx|\n```\n\nb", "a\n\nx|\n\nb"],
  ["empty code away again", codeBlock, "```|\n```", "|"],
  ["open code away again", codeBlock, "```\nx|", "x|"],
  ["a link away again", link, "see [wor|ds](https://a.b) b", "see words| b"],
  ["a link away again from its address", link, "[words](‹https://›)", "‹words›"],
  ["a link without words away again", link, "[|](https://a.b)", "https://a.b|"],
  ["a link never filled in away again", link, "[|](https://)", "|"],
  ["bold", bold, "a ‹word› b", "a **‹word›** b"],
  ["bold without its spaces", bold, "a‹ word ›b", "a **‹word›** b"],
  ["bold on the word at the cursor", bold, "a wo|rd b", "a **wo|rd** b"],
  ["bold away again", bold, "a **wo|rd** b", "a wo|rd b"],
  ["bold away from a selection", bold, "a **‹word›** b", "a ‹word› b"],
  ["bold where nothing is", bold, "a | b", "a **|** b"],
  ["code", around("`", "InlineCode"), "‹x›", "`‹x›`"],
  ["strike away again", around("~~", "Strikethrough"), "~~g|one~~", "g|one"],
  ["bullets", list("bullet"), "‹one\ntwo›", "- ‹one\n- two›"],
  ["bullets away again", list("bullet"), "‹- one\n- two›", "‹one\ntwo›"],
  ["numbers count", list("ordered"), "‹one\n\ntwo›", "1. ‹one\n\n2. two›"],
  ["bullets become tasks", list("task"), "- on|e", "- [ ] on|e"],
  ["tasks become bullets", list("bullet"), "- [x] on|e", "- on|e"],
  ["a list in a list keeps its place", list("ordered"), "  - on|e", "  1. on|e"],
  ["quote", quote, "sa|id", "> sa|id"],
  ["quote away again", quote, "> sa|id", "sa|id"],
  ["heading of a level", heading(3), "# Ti|tle", "### Ti|tle"],
  ["heading away again", heading(3), "### Ti|tle", "Ti|tle"],
  ["heading, the first press", nextHeading, "Ti|tle", "## Ti|tle"],
  ["heading, the second", nextHeading, "## Ti|tle", "### Ti|tle"],
  ["heading, the third", nextHeading, "### Ti|tle", "Ti|tle"],
  ["a link with words", link, "see ‹here› now", "see [here](‹https://›) now"],
  ["a link of an address", link, "‹https://a.org›", "[|](https://a.org)"],
  ["a block of code", codeBlock, "‹x = 1›", "```|\nx = 1\n```"],
  ["a block that holds a fence", codeBlock, "‹```\nx\n```›", "````|\n```\nx\n```\n````"],
  ["a table below a paragraph", table, "wor|ds", "words\n\n| ‹Column› | Column |\n|---|---|\n|  |  |\n"],
  ["in under a bullet", indentList, "- one\n- tw|o", "- one\n  - tw|o"],
  ["in under a number", indentList, "1. one\n2. tw|o", "1. one\n   2. tw|o"],
  ["out again", outdentList, "- one\n  - tw|o", "- one\n- tw|o"],
];

for (const [name, command, before, after] of TABLE) {
  test(`marks: ${name}`, () => assert.equal(run(command, before), after));
}

test("a table in a table is not made", () => {
  const state = EditorState.create({
    doc: "| a | b |\n|---|---|\n| c | d |",
    selection: { anchor: 2 },
    extensions: [markdown({ base: markdownLanguage })],
  });
  ensureSyntaxTree(state, state.doc.length, 1000);
  const view = /** @type {any} */ ({ state, dispatch: () => assert.fail("something was written") });
  assert.equal(table(view), false);
});

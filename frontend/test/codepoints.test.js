import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState } from "@codemirror/state";
import { ySyncAnnotation } from "y-codemirror.next";
import * as Y from "yjs";
import { clean, codePoints, wholeCharacters } from "../src/editor/text/codepoints.js";
import { random } from "./support/random.js";

/**
 * @param {string} text
 * @param {import("../src/editor/text/codepoints.js").Change} change
 */
function changed(text, change) {
  const { from, to, insert } = wholeCharacters((a, b) => text.slice(a, b), change);
  return text.slice(0, from) + insert + text.slice(to);
}

test("line breaks become line feeds, halves of characters become a replacement", () => {
  assert.equal(clean("a\r\nb\rc\nd"), "a\nb\nc\nd");
  assert.equal(clean("a\uD83Db\uDE00c😀"), "a\uFFFDb\uFFFDc😀");
  assert.equal(clean("no\0 null"), "no null");
});

test("an emoji exchanged for one with the same first half is exchanged whole", () => {
  assert.equal(changed("x😀y", { from: 2, to: 3, insert: "\uDE01" }), "x😁y");
});

test("half of an emoji taken away takes all of it", () => {
  assert.equal(changed("x😀y", { from: 2, to: 3, insert: "" }), "xy");
  assert.equal(changed("x😀y", { from: 1, to: 2, insert: "z" }), "xzy");
});

test("nothing is inserted inside an emoji", () => {
  assert.equal(changed("x😀y", { from: 2, to: 2, insert: "z" }), "x😀zy");
  assert.equal(changed("😀", { from: 1, to: 1, insert: "\uDE01\uD83D" }), "😁😀");
});

test("whatever random changes say, the text is well formed and the shared text is the same", () => {
  const ALPHABET = ["a", "é", "漢", "😀", "😁", "👩‍🚀", "\uD83D", "\uDE00", "\r\n", "\r", "\n", "word "];
  for (let seed = 1; seed <= 400; seed++) {
    const { int, pick } = random(seed);
    const doc = new Y.Doc();
    const shared = doc.getText("content");
    const extensions = [codePoints, EditorState.lineSeparator.of("\n")];
    let state = EditorState.create({ doc: "Ab😀c😁😀d", extensions });
    shared.insert(0, state.doc.toString());
    for (let step = 0; step < 30; step++) {
      const changes = Array.from({ length: 1 + int(2) }, () => {
        const [a, b] = [int(state.doc.length + 1), int(state.doc.length + 1)];
        const insert = Array.from({ length: int(4) }, () => pick(ALPHABET)).join("");
        const from = Math.min(a, b);
        return { from, to: Math.min(Math.max(a, b), from + int(4)), insert };
      }).sort((one, other) => one.from - other.from);
      const apart = changes.filter((change, index) => index === 0 || change.from > (changes[index - 1]?.to ?? 0));
      const transaction = state.update({ changes: apart, selection: { anchor: 0 }, userEvent: "input.type" });
      const before = state;
      state = transaction.state;
      // As the binding does it.
      let shift = 0;
      doc.transact(() =>
        transaction.changes.iterChanges((from, to, _a, _b, inserted) => {
          const insert = inserted.sliceString(0, inserted.length, "\n");
          if (to > from) shared.delete(from + shift, to - from);
          if (insert) shared.insert(from + shift, insert);
          shift += insert.length - (to - from);
        }),
      );
      const text = state.sliceDoc();
      assert.equal(clean(text) === text, true, `seed ${seed}: ${JSON.stringify(before.sliceDoc())}`);
      assert.equal(/\r/.test(text), false);
      assert.equal(shared.toString(), text, `seed ${seed}`);
      assert.equal(shared.length, state.doc.length, `seed ${seed}`);
    }
  }
});

test("what came from the shared text is taken as it is", () => {
  const state = EditorState.create({ doc: "x", extensions: [codePoints, EditorState.lineSeparator.of("\n")] });
  const annotations = ySyncAnnotation.of(/** @type {any} */ ({}));
  const next = state.update({ changes: { from: 1, insert: "\r" }, annotations });
  assert.equal(next.state.sliceDoc(), "x\r");
});

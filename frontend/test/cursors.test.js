import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeSet, Text } from "@codemirror/state";
import { Awareness, applyAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { initialsOf, peopleIn } from "../src/editor/page/people.js";
import { sentence } from "../src/editor/page/writing.js";
import { drawn, writtenAt } from "../src/editor/view/cursors.js";
import { hear } from "../src/editor/wire/presence.js";
import { encode } from "./support/awareness.js";

const BEN = { client: 1, name: "Ben", colour: 1, moving: true };

/**
 * What is drawn, as plain values.
 * @param {string[]} lines
 * @param {import("../src/editor/view/cursors.js").Cursor[]} cursors
 */
function shown(lines, cursors) {
  /** @type {any[]} */
  const found = [];
  drawn(Text.of(lines), cursors).between(0, 1e9, (from, to, { spec }) => {
    if (spec.widget) found.push({ at: from, name: spec.widget.name, atEnd: spec.widget.atEnd, side: spec.side });
    else found.push({ from, to, class: spec.class });
  });
  return found;
}

test("a cursor at rest is a caret where it stands", () => {
  assert.deepEqual(shown(["hello world"], [{ ...BEN, anchor: 3, head: 3 }]), [
    { at: 3, name: "Ben", atEnd: false, side: 1 },
  ]);
});

test("at the end of a line the name stands after it", () => {
  assert.equal(shown(["ab", "cd"], [{ ...BEN, anchor: 2, head: 2 }])[0].atEnd, true);
  assert.equal(shown(["ab", "cd"], [{ ...BEN, anchor: 3, head: 3 }])[0].atEnd, false);
});

test("a selection is tinted in its owner's ink, whichever way it was made", () => {
  const forward = shown(["hello"], [{ ...BEN, anchor: 1, head: 4 }]);
  const backward = shown(["hello"], [{ ...BEN, anchor: 4, head: 1 }]);
  for (const found of [forward, backward]) {
    assert.deepEqual(found.find((part) => part.class), { from: 1, to: 4, class: "sel p1" });
  }
  assert.equal(forward.find((part) => part.name)?.at, 4);
  assert.equal(backward.find((part) => part.name)?.at, 1);
});

test("a place beyond the text is drawn at its end", () => {
  assert.equal(shown(["ab"], [{ ...BEN, anchor: 9, head: 9 }])[0].at, 2);
});

test("who writes is whose cursor stands right after what was written, or where something was taken away", () => {
  const typed = ChangeSet.of({ from: 4, insert: "abc" }, 10);
  assert.deepEqual([4, 6, 7, 8].map((at) => writtenAt(typed, at)), [false, false, true, false]);
  const erased = ChangeSet.of({ from: 4, to: 5 }, 10);
  assert.deepEqual([3, 4, 5].map((at) => writtenAt(erased, at)), [false, true, false]);
});

test("many people in one line are all drawn", () => {
  const many = Array.from({ length: 8 }, (_, n) => ({ ...BEN, client: n, name: `P${n}`, anchor: n, head: 8 - n }));
  assert.equal(shown(["0123456789"], many).filter((part) => part.name).length, 8);
});

test("what the server says of our own client is no news, but that we are gone is answered", () => {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState({ cursor: "mine" });
  const mine = awareness.clientID;
  const said = encode([
    [mine, 99, { cursor: "old", user: { name: "Me" } }],
    [7, 5, { user: { id: "ben", name: "Ben", colour: 1 } }],
  ]);
  assert.equal(hear(awareness, said, "server"), false);
  assert.deepEqual(awareness.getLocalState(), { cursor: "mine" });
  assert.equal(awareness.getStates().get(7)?.user.name, "Ben");
  assert.equal(hear(awareness, encode([[mine, 100, null]]), "server"), true);
  assert.deepEqual(awareness.getLocalState(), { cursor: "mine" });
  awareness.destroy();
});

test("everybody is listed once, and I come first", () => {
  const awareness = new Awareness(new Y.Doc());
  const [ada, ben] = [
    { id: "ada", name: "Ada Lindqvist", colour: 2 },
    { id: "ben", name: "Ben", colour: 1 },
  ];
  applyAwarenessUpdate(awareness, encode([[7, 1, { user: ben }], [8, 1, { user: ben }], [9, 1, { user: ada }]]), "x");
  assert.deepEqual(peopleIn(awareness, ada).map(({ name }) => name), ["Ada Lindqvist", "Ben"]);
  awareness.destroy();
});

test("names are short in a face, and plain in a sentence", () => {
  assert.deepEqual(["Ada Lindqvist", "ben", "Ana Maria Silva", "李 明", "é", ""].map(initialsOf), [
    "AL",
    "BE",
    "AS",
    "李明",
    "É",
    "?",
  ]);
  assert.equal(sentence([]), "");
  assert.equal(sentence(["Ben"]), "Ben is writing");
  assert.equal(sentence(["Ben", "Cleo"]), "Ben and Cleo are writing");
  assert.equal(sentence(["Ben", "Cleo", "Dana"]), "Ben and 2 others are writing");
});

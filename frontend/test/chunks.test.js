import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { chunks } from "../src/editor/wire/chunks.js";
import { random } from "./support/random.js";

/** @param {Y.Doc} doc */
const clocks = (doc) => new Map(Y.decodeStateVector(Y.encodeStateVector(doc)));

/**
 * Applies piece after piece to a document that has what the server has: nothing may be left waiting.
 * @param {Uint8Array} before
 * @param {Uint8Array[]} pieces
 */
function applied(before, pieces) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, before);
  for (const piece of pieces) {
    Y.applyUpdate(doc, piece);
    assert.equal(doc.store.pendingStructs, null, "a piece leans on a later one");
    assert.equal(doc.store.pendingDs, null, "a piece deletes what comes later");
  }
  return doc;
}

/** @param {Y.Doc} doc */
const textOf = (doc) => doc.getText("content").toString();

test("a short update is sent as it is", () => {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, "short");
  const update = Y.encodeStateAsUpdate(doc);
  assert.deepEqual(chunks(update, 1000), [update]);
});

test("a long paste is cut between characters, each piece within the limit", () => {
  const doc = new Y.Doc();
  const text = "a😀é漢".repeat(5000);
  doc.getText("content").insert(0, text);
  const pieces = chunks(Y.encodeStateAsUpdate(doc), 1000);
  assert.ok(pieces.length > 40);
  for (const piece of pieces) assert.ok(piece.length <= 1000, `${piece.length} bytes`);
  assert.equal(textOf(applied(Y.encodeStateAsUpdate(new Y.Doc()), pieces)), text);
});

test("offline sessions of several client ids arrive in causal order", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { server, mine } = offlineSessions(seed);
    const before = Y.encodeStateAsUpdate(server);
    const difference = Y.encodeStateAsUpdate(mine, Y.encodeStateVector(server));
    const pieces = chunks(difference, 200, clocks(mine));
    const there = applied(before, pieces);
    assert.equal(textOf(there), textOf(mine), `seed ${seed}`);
    assert.deepEqual(clocks(there), clocks(mine), `seed ${seed}`);
    assert.deepEqual(Y.encodeStateAsUpdate(there), Y.encodeStateAsUpdate(mine), `seed ${seed}`);
  }
});

test("what waits for something missing is left out", () => {
  const doc = new Y.Doc({ gc: false });
  /** @type {Uint8Array[]} */
  const updates = [];
  doc.on("update", (update) => updates.push(update));
  for (const word of ["one ", "two ", "three "]) doc.getText("content").insert(doc.getText("content").length, word);
  const holed = new Y.Doc();
  Y.applyUpdate(holed, /** @type {Uint8Array} */ (updates[0]));
  Y.applyUpdate(holed, /** @type {Uint8Array} */ (updates[2]));
  const pieces = chunks(Y.encodeStateAsUpdate(holed), 1000, clocks(holed));
  assert.equal(textOf(applied(Y.encodeStateAsUpdate(new Y.Doc()), pieces)), "one ");
});

/**
 * A note on the server, and a copy that several tabs edited offline, each having read the others' work.
 * @param {number} seed
 */
function offlineSessions(seed) {
  const { int, pick } = random(seed);
  const server = new Y.Doc();
  server.getText("content").insert(0, "The text everybody starts from. 😀 ".repeat(4));
  const tabs = [0, 1, 2].map(() => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
    return doc;
  });
  for (let step = 0; step < 60; step++) {
    const doc = pick(tabs);
    const text = doc.getText("content");
    const points = [...text.toString()];
    const at = points.slice(0, int(points.length + 1)).join("").length;
    const next = points.slice(0, int(points.length + 1)).join("").length;
    if (int(3)) text.insert(at, pick(["word ", "😀", "é", "long ".repeat(int(40) + 1)]));
    else text.delete(Math.min(at, next), Math.abs(at - next) >> 3 ? 0 : Math.abs(at - next));
    if (!int(5)) Y.applyUpdate(pick(tabs), Y.encodeStateAsUpdate(pick(tabs)));
  }
  const mine = new Y.Doc();
  for (const doc of tabs) Y.applyUpdate(mine, Y.encodeStateAsUpdate(doc));
  return { server, mine };
}

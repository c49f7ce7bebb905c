import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import * as decoding from "lib0/decoding";
import * as Y from "yjs";
import { Checker, deletedUnits, hashOf } from "../src/editor/check.js";
import { MESSAGE } from "../src/editor/wire/protocol.js";
import { random } from "./support/random.js";
import { room, until } from "./support/people.js";
import { numbers } from "./support/server.js";

test("deleted units are everything that was ever written and stands no more", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { int } = random(seed);
    const [one, other] = [new Y.Doc(), new Y.Doc()];
    for (let step = 0; step < 60; step++) {
      const text = (int(2) ? one : other).getText("content");
      if (int(3)) text.insert(int(text.length + 1), "x".repeat(1 + int(5)));
      else if (text.length) text.delete(int(text.length), 1);
      if (!int(4)) Y.applyUpdate(one, Y.encodeStateAsUpdate(other));
      if (!int(4)) Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    }
    const ever = [...Y.decodeStateVector(Y.encodeStateVector(one)).values()].reduce((sum, clock) => sum + clock, 0);
    assert.equal(deletedUnits(one), ever - one.getText("content").length, `seed ${seed}`);
  }
});

test("the hash is SHA-256 of the text in UTF-8, also where the browser offers none", async () => {
  for (const text of ["", "plain", "漢字 😀 é", "long ".repeat(10_000)]) {
    const right = createHash("sha256").update(text).digest("hex");
    assert.equal(Buffer.from(await hashOf(text)).toString("hex"), right);
    assert.equal(Buffer.from(sha256(new TextEncoder().encode(text))).toString("hex"), right);
  }
});

test("a check is sent when everything is stored, and a difference is told", async (context) => {
  const { server, join } = await room(context, "Start. ");
  const ada = join();
  let different = 0;
  const checker = new Checker(ada.doc.getText("content"), ada.provider, () => different++);
  context.after(() => checker.destroy());
  await until(() => ada.status.phase === "live" && ada.status.synced);
  /** @type {Uint8Array[]} */
  const checks = [];
  server.each(({ socket }) =>
    socket.on("message", (data) => {
      const bytes = new Uint8Array(/** @type {Buffer} */ (data));
      if (bytes[0] === MESSAGE.CHECK) checks.push(bytes);
    }),
  );
  server.holding = true;
  ada.type("More. ");
  await checker.ask();
  await until(() => server.sizes.length === 1);
  server.commit();
  await until(() => ada.status.unsaved === 0);
  await checker.ask();
  await until(() => checks.length === 1);
  const decoder = decoding.createDecoder(/** @type {Uint8Array} */ (checks[0]));
  assert.equal(decoding.readVarUint(decoder), MESSAGE.CHECK);
  assert.deepEqual(decoding.readVarUint8Array(decoder), Y.encodeStateVector(server.doc));
  assert.equal(decoding.readVarUint(decoder), 0);
  assert.deepEqual(decoding.readTailAsUint8Array(decoder), await hashOf(server.text));
  server.each((peer) => server.send(peer, numbers(MESSAGE.CHECK, 2)));
  server.each((peer) => server.send(peer, numbers(MESSAGE.CHECK, 1)));
  await until(() => different === 1);
  // "Not now" means: ask again, although nothing changed. After "equal" there is nothing to ask.
  await checker.ask();
  await until(() => checks.length === 2);
  let verdicts = 0;
  ada.provider.on("verdict", () => verdicts++);
  server.each((peer) => server.send(peer, numbers(MESSAGE.CHECK, 0)));
  await until(() => verdicts === 1);
  await checker.ask();
  ada.type("And more. ");
  await until(() => ada.status.unsaved === 0 || (server.commit(), false));
  await checker.ask();
  await until(() => checks.length === 3);
});

test("a deletion that nobody counted is offered after three “not now”; what does not help is told", async (context) => {
  const { server, join } = await room(context, "Start. ");
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(server.doc));
  doc.getText("content").delete(0, 1);
  const ada = join({ doc });
  let different = 0;
  const checker = new Checker(doc.getText("content"), ada.provider, () => different++);
  context.after(() => checker.destroy());
  let verdicts = 0;
  ada.provider.on("verdict", () => verdicts++);
  const notNow = async () => {
    await until(() => ada.ready && !ada.status.unsaved);
    await checker.ask();
    const before = verdicts;
    server.each((peer) => server.send(peer, numbers(MESSAGE.CHECK, 2)));
    await until(() => verdicts > before);
  };
  await notNow();
  await notNow();
  assert.equal(server.text, "Start. ");
  await notNow();
  await until(() => server.text === "tart. ", "it was offered");
  await notNow();
  await notNow();
  assert.equal(different, 0);
  await notNow();
  assert.equal(different, 1);
});

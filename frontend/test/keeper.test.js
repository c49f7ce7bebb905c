import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { Device } from "../src/editor/offline/device.js";
import { Keeper } from "../src/editor/offline/keeper.js";
import { rescueEarlier, rescueLost } from "../src/editor/offline/rescue.js";
import { until } from "./support/people.js";

let users = 0;

/** A device of somebody's own. */
async function device() {
  return /** @type {Device} */ (await Device.open(`user${++users}`));
}

/**
 * @param {Device | null} on
 * @param {number} [epoch]
 */
async function opened(on, epoch = 1) {
  const doc = new Y.Doc();
  const keeper = new Keeper(doc, { device: on, note: "note", epoch });
  await keeper.load();
  return { doc, keeper, text: doc.getText("content") };
}

test("what was written is there after the page was closed", async () => {
  const on = await device();
  const first = await opened(on);
  first.text.insert(0, "Kept 😀");
  assert.equal(first.keeper.durable, false);
  await until(() => first.keeper.durable);
  first.keeper.destroy();
  const second = await opened(on);
  assert.equal(second.text.toString(), "Kept 😀");
  assert.equal(second.keeper.durable, true);
});

test("edits that no database confirmed are counted over sessions, and settled once they are", async () => {
  const on = await device();
  const first = await opened(on);
  first.text.insert(0, "one");
  first.keeper.setUnsaved(3);
  await until(() => first.keeper.durable);
  first.keeper.destroy();
  const second = await opened(on);
  assert.equal(second.keeper.earlier, 3);
  second.keeper.setUnsaved(4);
  second.keeper.setUnsaved(0);
  await until(() => second.keeper.durable);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await on.unsaved(), 0);
});

test("two tabs on one note keep each other's work", async () => {
  const on = await device();
  const [one, other] = [await opened(on), await opened(on)];
  one.text.insert(0, "one ");
  other.text.insert(0, "other ");
  await until(() => one.keeper.durable && other.keeper.durable);
  const later = await opened(on);
  assert.match(later.text.toString(), /one /);
  assert.match(later.text.toString(), /other /);
});

test("many small writes are packed, and nothing of them is lost", async () => {
  const on = await device();
  const first = await opened(on);
  for (let n = 0; n < 900; n++) {
    first.text.insert(first.text.length, `${n} `);
    if (n % 50 === 0) await until(() => first.keeper.durable);
  }
  await until(() => first.keeper.durable);
  const again = await opened(on);
  assert.equal(again.text.toString(), first.text.toString());
  const packed = await opened(on);
  assert.equal(packed.text.toString(), first.text.toString());
  assert.ok((await on.load(Device.key("note", 1))).updates.length < 400);
});

test("without a device nothing is promised, and everything else works", async () => {
  const { keeper, text } = await opened(null);
  text.insert(0, "in this tab");
  assert.equal(keeper.durable, false);
  assert.equal(keeper.earlier, 0);
});

test("a device that fails is not believed any more", async () => {
  const on = await device();
  const { keeper, text } = await opened(on);
  text.insert(0, "a");
  await until(() => keeper.durable);
  on.close();
  text.insert(0, "b");
  assert.equal(keeper.durable, false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(keeper.durable, false);
});

test("a device that answers too late still gives what it has, and is promised nothing of", async () => {
  const on = await device();
  const first = await opened(on);
  first.text.insert(0, "found late");
  await until(() => first.keeper.durable);
  const slow = Object.create(on);
  /** @type {() => void} */
  let answer = () => {};
  const answers = new Promise((resolve) => (answer = () => resolve(undefined)));
  slow.load = (/** @type {string} */ key) => answers.then(() => on.load(key));
  const late = await opened(slow);
  answer();
  await until(() => late.text.toString() === "found late");
  late.text.insert(0, "not kept, ");
  assert.equal(late.keeper.durable, false);
});

test("what an earlier epoch holds unsaved becomes a draft; what was saved waits until the note is here", async () => {
  const on = await device();
  const old = await opened(on, 1);
  old.text.insert(0, "never saved");
  old.keeper.setUnsaved(1);
  const saved = await opened(on, 2);
  saved.text.insert(0, "saved long ago");
  await until(() => old.keeper.durable && saved.keeper.durable);
  /** @type {string[]} */
  const drafts = [];
  await rescueEarlier(on, { note: "note", epoch: 3 }, async (text) => void drafts.push(text));
  assert.deepEqual(drafts, ["never saved"]);
  assert.deepEqual((await on.kept("note")).map(({ epoch }) => epoch), [2]);
});

test("what was saved in an earlier epoch and is not in the note any more becomes a draft", async () => {
  const on = await device();
  const [older, old] = [await opened(on, 1), await opened(on, 2)];
  older.text.insert(0, "This is in the backup. ");
  const backup = Y.encodeStateAsUpdate(older.doc);
  Y.applyUpdate(old.doc, backup);
  old.text.insert(0, "This came later. ");
  await until(() => older.keeper.durable && old.keeper.durable);
  const restored = await opened(on, 3);
  Y.applyUpdate(restored.doc, backup);
  /** @type {string[]} */
  const drafts = [];
  for (let times = 0; times < 2; times += 1) {
    await rescueLost(on, { note: "note", epoch: 3 }, restored.doc, async (text) => void drafts.push(text));
  }
  assert.deepEqual(drafts, ["This came later. This is in the backup. "]);
  await until(() => restored.keeper.durable);
  assert.deepEqual((await on.kept("note")).map(({ epoch }) => epoch), [3]);
});

test("a device that fails does not keep a note from being opened", async () => {
  const broken = Object.create(await device());
  broken.kept = () => Promise.reject(new Error("broken"));
  await rescueLost(broken, { note: "note", epoch: 2 }, new Y.Doc(), async () => assert.fail("nothing is to be kept"));
});

test("a device that never answers does not keep the note shut", { timeout: 10_000 }, async () => {
  const silent = Object.create(await device());
  silent.kept = () => new Promise(() => {});
  await rescueEarlier(silent, { note: "note", epoch: 2 }, async () => assert.fail("there is nothing to keep"));
});

test("what was not opened for long is forgotten, unless it is not saved", async () => {
  const on = await device();
  const saved = await opened(on, 1);
  saved.text.insert(0, "saved");
  const unsaved = await opened(on, 2);
  unsaved.text.insert(0, "not saved");
  unsaved.keeper.setUnsaved(1);
  await until(() => saved.keeper.durable && unsaved.keeper.durable);
  await on.sweep(Date.now() + 80 * 86_400_000);
  assert.equal((await on.kept("note")).length, 2);
  await on.sweep(Date.now() + 100 * 86_400_000);
  assert.deepEqual((await on.kept("note")).map(({ epoch }) => epoch), [2]);
});

test("signing out in another tab clears the device, and the keeper knows at once", async () => {
  const on = await device();
  const { keeper } = await opened(on);
  assert.equal(keeper.keeps, true);
  indexedDB.deleteDatabase(`commonplace:user${users}`);
  await until(() => !keeper.keeps);
  assert.equal(keeper.durable, false);
});

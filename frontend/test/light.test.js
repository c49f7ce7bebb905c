import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../src/editor/light/words.js";

/**
 * @typedef {import("../src/editor/light/words.js").Facts} Facts
 * @typedef {import("../src/editor/wire/provider.js").Status} Status
 */

const NOW = new Date(2026, 10, 23, 14, 2, 40).getTime();
const SAVED_AT = new Date(2026, 10, 23, 14, 2, 31).getTime();

/** @type {Status} */
const LIVE = {
  phase: "live",
  synced: true,
  retryAt: 0,
  role: "editor",
  unsaved: 0,
  unsavedSince: 0,
  savedAt: 0,
  trouble: null,
  refused: null,
  closed: null,
  plain: false,
};
const LINE_DOWN = { code: 1006, reason: "" };

/**
 * @param {Partial<Status>} status
 * @param {Partial<Facts>} facts
 */
function light(status, facts = {}) {
  const words = describe({
    writable: true,
    online: true,
    durable: true,
    draft: null,
    state: "writing",
    now: NOW,
    ...facts,
    status: { ...LIVE, ...status },
  });
  return [words.lamp, [words.strong, words.text].filter(Boolean).join(" | "), words.detail];
}

/** @type {[name: string, status: Partial<Status>, facts: Partial<Facts>, lamp: string, words: string][]} */
const TABLE = [
  ["nothing typed yet", {}, {}, "saved", "Saved"],
  ["all stored", { savedAt: SAVED_AT }, {}, "saved", "Saved, 14:02:31"],
  ["just typed", { savedAt: SAVED_AT, unsaved: 1, unsavedSince: NOW - 400 }, {}, "saved", "Saved, 14:02:31"],
  ["typed, never stored before", { unsaved: 1, unsavedSince: NOW }, {}, "saving", "Saving"],
  ["half a second", { savedAt: SAVED_AT, unsaved: 1, unsavedSince: NOW - 500 }, {}, "saving", "Saving"],
  ["first connection", { phase: "connecting", synced: false }, {}, "saving", "Opening"],
  ["connected, the text is on its way", { synced: false }, {}, "saving", "Opening"],
  ["before it", { phase: "idle", synced: false }, {}, "saving", "Opening"],
  ["line dropped", { phase: "waiting", closed: LINE_DOWN, retryAt: NOW + 3400 }, {}, "wait", "Reconnecting | in 4 s"],
  ["trying now", { phase: "connecting", closed: null }, {}, "wait", "Reconnecting"],
  ["connected, not yet level", { phase: "syncing" }, {}, "wait", "Reconnecting"],
  [
    "no network, on the device",
    { phase: "waiting", closed: LINE_DOWN, unsaved: 12 },
    { online: false },
    "off",
    "Offline | 12 changes kept on this device",
  ],
  [
    "no network, no device",
    { phase: "waiting", closed: LINE_DOWN, unsaved: 1 },
    { online: false, durable: false },
    "off",
    "Offline | 1 change kept in this tab",
  ],
  ["no network, nothing typed", { phase: "waiting", closed: LINE_DOWN }, { online: false }, "off", "Offline"],
  ["no network, but connected", { savedAt: SAVED_AT }, { online: false }, "saved", "Saved, 14:02:31"],
  ["trouble", { trouble: { code: "storage", reason: "x" }, unsaved: 1 }, {}, "error", "Not saved | trying again"],
  [
    "refused",
    { refused: { code: "range", reason: "out of range" }, unsaved: 1 },
    {},
    "error",
    "Refused | out of range",
  ],
  ["full", { refused: { code: "too-large", reason: "x" }, unsaved: 1 }, {}, "error", "Refused | the note is full"],
  ["reader", {}, { writable: false }, "read", "Reading only"],
  ["reader, line dropped", { phase: "waiting", closed: LINE_DOWN }, { writable: false }, "wait", "Reconnecting"],
  ["draft kept", { savedAt: SAVED_AT }, { draft: "epoch" }, "draft", "Restored | your draft is kept"],
  ["draft of a refusal", {}, { draft: "refused" }, "draft", "Refused | your draft is kept"],
  ["texts differed", {}, { draft: "different" }, "error", "Differed | both texts are kept"],
  ["reader with a draft", {}, { draft: "read-only", writable: false }, "read", "Reading only | your draft is kept"],
  ["typing on beside a draft", { unsaved: 1 }, { draft: "epoch" }, "saving", "Saving"],
  ["signed out", stopped(4401), {}, "error", "Signed out | sign in to go on"],
  ["archived", { role: "viewer" }, { writable: false, state: "archived" }, "read", "Archived | reading only"],
  ["deleted", { role: "viewer" }, { writable: false, state: "deleted" }, "error", "Deleted | reading only"],
  [
    "signed out, written since",
    { ...stopped(4401), unsaved: 3 },
    {},
    "error",
    "Signed out | 3 changes kept on this device",
  ],
  [
    "signed out, and the device was cleared",
    { ...stopped(4401), unsaved: 1 },
    { durable: false },
    "error",
    "Signed out | 1 change kept in this tab",
  ],
  ["taken away", stopped(4403), {}, "error", "Closed | you may not read it any more"],
  ["gone", stopped(4404), {}, "error", "Gone | this note is not here any more"],
  ["other epoch", stopped(4409), {}, "draft", "Restored | opening it anew"],
  ["bad frame", stopped(4400), {}, "error", "Not saved | reload this page"],
  ["quarantined", { phase: "waiting", closed: { code: 4423, reason: "" } }, {}, "error", "Closed for now"],
];

for (const [name, status, facts, lamp, words] of TABLE) {
  test(`the light: ${name}`, () => assert.deepEqual(light(status, facts).slice(0, 2), [lamp, words]));
}

test("a note that cannot be opened says why, as the server told it", () => {
  const why = (/** @type {string} */ reason) => light({ phase: "waiting", closed: { code: 4423, reason } })[2] ?? "";
  assert.match(why("a part of it is damaged"), /^A part of it is damaged\. /);
  assert.match(why(""), /^This note cannot be opened safely at present\. /);
});

/** @param {number} code @returns {Partial<Status>} */
function stopped(code) {
  return { phase: "stopped", closed: { code, reason: "" } };
}

test("whatever the state, it never says saved while something is unsaved for half a second", () => {
  const phases = /** @type {const} */ (["idle", "connecting", "syncing", "live", "waiting", "stopped"]);
  for (const phase of phases) {
    for (const savedAt of [0, SAVED_AT]) {
      for (const writable of [true, false]) {
        for (const online of [true, false]) {
          const closed = phase === "stopped" ? { code: 4401, reason: "" } : LINE_DOWN;
          const status = { phase, savedAt, closed, unsaved: 1, unsavedSince: NOW - 500 };
          assert.notEqual(light(status, { writable, online })[0], "saved");
        }
      }
    }
  }
});

test("it says that the database has every letter only when that is so", () => {
  const typed = { savedAt: SAVED_AT, unsaved: 1, unsavedSince: NOW - 100 };
  assert.match(String(light(typed)[2]), /on their way/);
  assert.match(String(light({ savedAt: SAVED_AT })[2]), /every letter/);
});

test("it says where the text is kept, and does not promise a device that has nothing", () => {
  const status = { phase: /** @type {const} */ ("waiting"), closed: LINE_DOWN, unsaved: 3 };
  assert.match(String(light(status, { durable: true })[2]), /3 changes wait on this device/);
  assert.match(String(light(status, { durable: false })[2]), /3 changes wait in this tab only/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../src/editor/wire/heartbeat.js";

/**
 * A heartbeat under a clock that the test moves.
 *
 * @param {() => boolean} [loading]
 */
function patient(loading) {
  const heard = { probes: 0, deaths: 0 };
  let now = 0;
  const heart = new Heartbeat({ probe: () => heard.probes++, dead: () => heard.deaths++, now: () => now, loading });
  heart.start();
  return {
    heart,
    heard,
    /** @param {number} ms */
    pass(ms) {
      now += ms;
      heart.look();
    },
  };
}

test("a quiet line is asked, and lives when it answers", () => {
  const { heart, heard, pass } = patient();
  pass(14_000);
  assert.equal(heard.probes, 0);
  pass(1_000);
  assert.equal(heard.probes, 1);
  heart.heard();
  pass(14_000);
  assert.deepEqual(heard, { probes: 1, deaths: 0 });
  heart.stop();
});

test("a line without an answer for 30 s is dead", () => {
  const { heard, pass } = patient();
  pass(15_000);
  pass(29_000);
  assert.equal(heard.deaths, 0);
  pass(1_000);
  assert.equal(heard.deaths, 1);
});

test("after the device woke the answer must come soon", () => {
  const { heart, heard, pass } = patient();
  heart.doubt();
  assert.equal(heard.probes, 1);
  pass(3_000);
  assert.equal(heard.deaths, 1);
});

test("a long message may take a while, also when the device wakes meanwhile", () => {
  const { heart, heard, pass } = patient(() => true);
  heart.doubt();
  pass(30_000);
  pass(59_000);
  assert.deepEqual(heard, { probes: 1, deaths: 0 });
  pass(1_000);
  assert.equal(heard.deaths, 1);
});

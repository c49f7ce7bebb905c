import assert from "node:assert/strict";
import { test } from "node:test";
import { Calls } from "../src/editor/wire/calls.js";
import { CLOSE, MESSAGE } from "../src/editor/wire/protocol.js";
import { Desk } from "./support/desk.js";
import { until } from "./support/people.js";
import { said } from "./support/server.js";

const UPDATE = new Uint8Array([0, 2, 1, 7]);
const QUERY = new Uint8Array([3]);

/** @param {...number} bytes */
const frame = (...bytes) => new Uint8Array(bytes);

/**
 * A line, and the desk at its other end.
 * @param {import("node:test").TestContext} context
 */
function line(context) {
  const desk = new Desk();
  const calls = new Calls("/sync/notes/abc?epoch=1", desk.fetch);
  /** @type {number[][]} */
  const heard = [];
  /** @type {{ code: number, reason: string }[]} */
  const closes = [];
  let opened = 0;
  calls.onopen = () => void (opened += 1);
  calls.onmessage = ({ data }) => heard.push([...new Uint8Array(data)]);
  calls.onclose = (event) => closes.push(event);
  context.after(() => calls.close());
  return { desk, calls, heard, closes, opened: () => opened };
}

/** @param {import("node:test").TestContext} context */
async function openLine(context) {
  const made = line(context);
  made.desk.listening?.answer();
  await until(() => made.calls.readyState === 1);
  await until(() => made.desk.listening);
  return made;
}

test("the first answer opens the line, and what it brings comes in order", async (context) => {
  const { desk, calls, heard, opened } = line(context);
  assert.equal(calls.readyState, 0);
  assert.equal(desk.listening?.query.has("wait"), false, "the first answer comes at once");
  desk.listening?.answer({ frames: [frame(1), frame(2)] });
  await until(() => heard.length === 2);
  assert.equal(opened(), 1);
  assert.deepEqual(heard, [[1], [2]]);
});

test("one request listens, again and again", async (context) => {
  const { desk, heard } = await openLine(context);
  for (const number of [1, 2, 3]) {
    await until(() => desk.listening);
    assert.equal(desk.listening?.query.get("wait"), "25");
    desk.listening?.answer({ first: number, frames: [frame(number)] });
    await until(() => heard.length === number);
  }
  await until(() => desk.listening?.query.get("heard") === "a.3");
});

test("what is sent leaves at once, and what comes meanwhile travels together", async (context) => {
  const { desk, calls } = await openLine(context);
  calls.send(QUERY);
  calls.send(UPDATE);
  calls.send(UPDATE);
  assert.deepEqual(desk.saying?.frames, [QUERY]);
  desk.saying?.answer();
  await until(() => desk.saying);
  assert.deepEqual(desk.saying?.frames, [UPDATE, UPDATE]);
  assert.equal(desk.saying?.query.get("said"), "0");
  assert.equal(desk.open.filter(({ frames }) => frames.length).length, 1, "one at a time");
});

test("it counts the update messages that came before", async (context) => {
  const { desk, calls } = await openLine(context);
  calls.send(UPDATE);
  desk.saying?.answer();
  calls.send(QUERY);
  calls.send(frame(0, 1, 1, 7));
  await until(() => desk.saying);
  assert.equal(desk.saying?.query.get("said"), "1");
  desk.saying?.answer();
  calls.send(QUERY);
  await until(() => desk.saying);
  assert.equal(desk.saying?.query.get("said"), "2");
});

test("what two answers bring is heard once", async (context) => {
  const { desk, calls, heard } = await openLine(context);
  calls.send(QUERY);
  desk.saying?.answer({ frames: [frame(1), frame(2)] });
  await until(() => heard.length === 2);
  desk.listening?.answer({ frames: [frame(1), frame(2), frame(3)] });
  await until(() => heard.length === 3);
  assert.deepEqual(heard, [[1], [2], [3]]);
});

test("the streams of two servers are told apart", async (context) => {
  const { desk, calls, heard } = await openLine(context);
  desk.listening?.answer({ stream: "a", frames: [frame(1)] });
  await until(() => heard.length === 1);
  calls.send(QUERY);
  desk.saying?.answer({ stream: "b", frames: [frame(2), frame(3)] });
  await until(() => heard.length === 3);
  await until(() => desk.listening);
  desk.listening?.answer({ stream: "a", first: 2, frames: [frame(4)] });
  await until(() => heard.length === 4);
  await until(() => desk.listening?.query.get("heard") === "b.2,a.2");
});

test("a frame that was missed ends the line", async (context) => {
  const { desk, closes, heard } = await openLine(context);
  desk.listening?.answer({ first: 2, frames: [frame(2)] });
  await until(() => closes.length);
  assert.equal(closes[0]?.code, 1006);
  assert.deepEqual(heard, []);
});

test("the server's farewell ends the line with its code", async (context) => {
  const { desk, calls, closes } = await openLine(context);
  desk.listening?.answer({ frames: [said([MESSAGE.CLOSING, CLOSE.RESTARTING], "the server restarts")] });
  await until(() => closes.length);
  assert.deepEqual(closes, [{ code: CLOSE.RESTARTING, reason: "the server restarts" }]);
  assert.equal(calls.readyState, 3);
  assert.equal(desk.goodbye, undefined, "who was sent away says nothing more");
});

test("whoever is turned away at the door hears why", async (context) => {
  const { desk, closes } = line(context);
  desk.listening?.answer({ stream: "", frames: [said([MESSAGE.CLOSING, CLOSE.NOT_FOUND], "no such note")] });
  await until(() => closes.length);
  assert.equal(closes[0]?.code, CLOSE.NOT_FOUND);
});

/** @type {[string, (letter: import("./support/desk.js").Letter | undefined) => void][]} */
const BREAKS = [
  ["the network goes away", (letter) => letter?.fail()],
  ["a filter answers with a page of its own", (letter) => letter?.answerWith(200, "text/html")],
  ["a proxy finds no server", (letter) => letter?.answerWith(502, "text/html")],
];

for (const [what, breaks] of BREAKS) {
  test(`the line is lost, once, when ${what}`, async (context) => {
    const { desk, calls, closes } = await openLine(context);
    calls.send(UPDATE);
    breaks(desk.saying);
    await until(() => closes.length);
    assert.deepEqual(closes.map(({ code }) => code), [1006]);
    assert.equal(desk.listening, undefined);
    calls.send(UPDATE);
    assert.equal(desk.saying, undefined);
  });
}

test("who leaves takes along what nobody is known to have", async (context) => {
  const { desk, calls, closes } = await openLine(context);
  calls.send(UPDATE);
  desk.saying?.answer();
  calls.send(frame(0, 2, 1, 8));
  await until(() => desk.saying);
  calls.send(frame(0, 2, 1, 9));
  calls.close();
  assert.deepEqual(desk.goodbye?.frames, [frame(0, 2, 1, 8), frame(0, 2, 1, 9)]);
  assert.equal(desk.goodbye?.query.get("said"), "1");
  assert.equal(desk.goodbye?.options.keepalive, true);
  assert.deepEqual(closes, [], "who closes knows it");
});

test("who was never connected says no goodbye", (context) => {
  const { desk, calls } = line(context);
  calls.close();
  assert.equal(desk.goodbye, undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ways } from "../src/editor/wire/ways.js";
import { Desk } from "./support/desk.js";
import { until } from "./support/people.js";

/** A network that lets sockets through, or none. */
class Network {
  passes = false;
  /** @type {Socket[]} */
  sockets = [];
  desk = new Desk();

  /** @returns {any} */
  get WebSocket() {
    const network = this;
    return /** @param {string} url */ function (url) {
      const socket = new Socket(url, network.passes);
      network.sockets.push(socket);
      return socket;
    };
  }
}

class Socket {
  readyState = 0;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((how: { code: number, reason: string }) => void) | null} */
  onclose = null;

  /**
   * @param {string} url
   * @param {boolean} passes
   */
  constructor(url, passes) {
    this.url = url;
    queueMicrotask(() => (passes ? this.open() : this.break()));
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  break() {
    this.readyState = 3;
    this.onclose?.({ code: 1006, reason: "" });
  }

  close() {
    this.readyState = 3;
  }
}

/**
 * @param {import("node:test").TestContext} context
 * @param {{ blocked: boolean }} [memory]
 */
function house(context, memory) {
  const network = new Network();
  let better = 0;
  const { WebSocket, desk } = network;
  const places = { url: "ws://house/ws", plain: "/sync", WebSocket, fetch: desk.fetch, memory };
  const ways = new Ways(places, () => (better += 1));
  /** @type {import("../src/editor/wire/line.js").Line[]} */
  const lines = [];
  context.after(() => {
    lines.forEach((line) => line.drop());
    ways.rest();
  });
  /** What became of one attempt. */
  const attempt = async () => {
    let end = "";
    const hopes = { opened: () => void (end = "opened"), received: () => {}, lost: () => void (end = "lost") };
    const line = ways.open("epoch=1&client=7", hopes);
    lines.push(line);
    await until(() => end || network.desk.listening, "it opens, breaks, or asks");
    return { line, by: end ? "socket" : "requests", end: () => end };
  };
  return { network, ways, attempt, better: () => better };
}

test("after two sockets that never opened the way is by requests", async (context) => {
  const { network, ways, attempt } = house(context);
  assert.equal((await attempt()).by, "socket");
  assert.equal((await attempt()).by, "socket");
  const third = await attempt();
  assert.equal(third.by, "requests");
  network.desk.listening?.answer();
  await until(() => third.end() === "opened");
  assert.ok(ways.plain);
  third.line.drop();
  assert.equal((await attempt()).by, "requests", "and it stays so");
});

test("a way on which a socket once opened is not blocked", async (context) => {
  const { network, ways, attempt } = house(context);
  network.passes = true;
  (await attempt()).line.drop();
  assert.ok(!ways.plain);
  network.passes = false;
  for (let n = 0; n < 5; n++) assert.equal((await attempt()).by, "socket");
});

test("where requests fail too, sockets are tried in turn with them", async (context) => {
  const { network, attempt } = house(context);
  for (const by of ["socket", "socket", "requests", "socket", "requests", "socket"]) {
    const tried = await attempt();
    assert.equal(tried.by, by);
    network.desk.listening?.fail();
    await until(() => tried.end() === "lost");
  }
});

test("when the network changes it is looked whether a socket passes now", async (context) => {
  const { network, ways, attempt, better } = house(context);
  await attempt();
  await attempt();
  const third = await attempt();
  network.desk.listening?.answer();
  await until(() => third.end() === "opened");
  network.passes = true;
  ways.look();
  ways.look();
  await until(() => better() === 1);
  assert.equal(network.sockets.length, 3, "it looks once");
  assert.equal(network.sockets[2]?.url, "ws://house/ws", "whoever only looks claims no client id");
  assert.equal(network.sockets[2]?.readyState, 3);
  assert.equal((await attempt()).by, "socket");
});

test("nothing is looked for on a socket, nor while there is no line", async (context) => {
  const { network, ways, attempt } = house(context);
  ways.look();
  network.passes = true;
  await attempt();
  ways.look();
  assert.equal(network.sockets.length, 1);
});

test("what one note found out the next one knows, and forgets when it is not so any more", async (context) => {
  const memory = { blocked: false };
  const first = house(context, memory);
  for (const by of ["socket", "socket", "requests"]) assert.equal((await first.attempt()).by, by);
  first.network.desk.listening?.answer();
  await until(() => memory.blocked);
  const next = house(context, memory);
  assert.equal((await next.attempt()).by, "requests");
  next.network.desk.listening?.answer();
  await until(() => next.ways.plain);
  next.network.passes = true;
  next.ways.look();
  await until(() => next.better() === 1);
  assert.ok(!memory.blocked);
});

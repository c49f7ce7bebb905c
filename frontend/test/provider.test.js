import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { CHUNK_BYTES } from "../src/editor/wire/outbox.js";
import { MESSAGE } from "../src/editor/wire/protocol.js";
import { room, until } from "./support/people.js";
import { said } from "./support/server.js";

test("a client gets the note, and what it types is stored", async (context) => {
  const { server, join } = await room(context, "Ada began. ");
  const ben = join();
  await until(() => ben.ready);
  assert.equal(ben.text, "Ada began. ");
  ben.type("Ben went on.");
  assert.equal(ben.status.unsaved, 1);
  await until(() => ben.status.unsaved === 0);
  assert.equal(server.text, "Ada began. Ben went on.");
  assert.ok(ben.status.savedAt > 0);
});

test("nothing counts as saved before the server says so", async (context) => {
  const { server, join } = await room(context);
  const ada = join();
  await until(() => ada.ready);
  server.holding = true;
  ada.type("one");
  ada.type(" two");
  await until(() => server.sizes.length === 2);
  assert.equal(ada.status.unsaved, 2);
  assert.equal(ada.status.savedAt, 0);
  server.commit();
  await until(() => ada.status.unsaved === 0);
});

test("the connection names its epoch, its client id and the subprotocol", async (context) => {
  const { server, join } = await room(context);
  const ada = join({ epoch: 1 });
  await until(() => ada.ready);
  const [peer] = server.peers;
  assert.equal(peer?.url.searchParams.get("epoch"), "1");
  assert.equal(peer?.url.searchParams.get("client"), String(ada.doc.clientID));
  assert.equal(peer?.socket.protocol, "commonplace.v1");
  assert.equal(ada.status.role, "editor");
});

test("what was typed while the server was away arrives once, after it is back", async (context) => {
  const { server, join } = await room(context, "Start. ");
  const [ada, ben] = [join(), join()];
  await until(() => ada.ready && ben.ready);
  server.holding = true;
  ada.type("Ada, not yet committed. ");
  await until(() => server.sizes.length === 1);
  await server.crash();
  ada.type("Ada, offline. ");
  ben.type("Ben, offline. ");
  await until(() => ada.status.phase === "waiting");
  assert.equal(ada.status.unsaved, 2);
  server.holding = false;
  await server.start();
  await until(() => ada.status.unsaved === 0 && ben.status.unsaved === 0);
  await until(() => ada.text === server.text && ben.text === server.text);
  for (const words of ["Start. ", "Ada, not yet committed. Ada, offline. ", "Ben, offline. "]) {
    assert.equal(server.text.split(words).length, 2, `${words} is there once: ${server.text}`);
  }
});

test("after a resync the exact difference is sent, also for what was on its way", async (context) => {
  const { server, join } = await room(context);
  const ada = join();
  await until(() => ada.ready);
  server.loseNext = 1;
  for (const word of ["one ", "two ", "three ", "four "]) ada.type(word);
  await until(() => ada.status.unsaved === 0);
  assert.equal(server.text, "one two three four ");
});

test("a refusal is told with its reason, and nothing more is sent", async (context) => {
  const { server, join } = await room(context);
  const ada = join();
  await until(() => ada.ready);
  server.refuse = { code: "too-large", reason: "a note holds at most 9 characters" };
  ada.type("far too long");
  await until(() => ada.status.refused);
  assert.deepEqual(ada.status.refused, { code: "too-large", reason: "a note holds at most 9 characters" });
  const sent = server.sizes.length;
  ada.type(" and more");
  assert.equal(ada.status.unsaved, 2);
  ada.doc.getText("content").delete(3, 18);
  ada.provider.retry();
  await until(() => ada.status.unsaved === 0);
  assert.equal(server.sizes.length, sent + 1);
  assert.equal(server.text, "far");
});

test("another epoch is told, and the socket stays away", async (context) => {
  const { server, join } = await room(context, "begun anew");
  server.epoch = 7;
  const ada = join({ epoch: 6 });
  /** @type {number[]} */
  const heard = [];
  ada.provider.on("epoch", (epoch) => heard.push(epoch));
  await until(() => ada.status.phase === "stopped");
  assert.deepEqual(heard, [7]);
  assert.equal(ada.status.closed?.code, 4409);
  assert.equal(server.connections, 1);
});

/** @type {[code: number, comes: boolean][]} */
const ENDINGS = [
  [1012, true],
  [4408, true],
  [4503, true],
  [4401, false],
  [4403, false],
  [4404, false],
];

for (const [code, comes] of ENDINGS) {
  test(`after close code ${code} the client ${comes ? "comes back" : "stays away"}`, async (context) => {
    const { server, join } = await room(context);
    const ada = join();
    await until(() => ada.ready);
    server.each((peer) => peer.socket.close(code));
    if (comes) return until(() => server.connections === 2 && ada.status.phase === "live");
    await until(() => ada.status.phase === "stopped");
    assert.equal(ada.status.closed?.code, code);
  });
}

test("once signed in again, looking at the page is enough", async (context) => {
  const { server, join } = await room(context);
  server.turnAway = 4401;
  const ada = join();
  await until(() => ada.status.phase === "stopped");
  server.turnAway = null;
  ada.provider.connect();
  await until(() => ada.ready);
});

test("a long offline session is sent in pieces below the frame limit", async (context) => {
  const { server, join } = await room(context, "Start. ");
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(server.doc));
  doc.getText("content").insert(0, "漢字 and more ".repeat(40_000));
  const ada = join({ doc });
  ada.provider.noteEarlier(1);
  await until(() => ada.status.unsaved === 0);
  assert.equal(server.text, ada.text);
  assert.ok(server.sizes.length > 4);
  for (const size of server.sizes) assert.ok(size <= CHUNK_BYTES);
});

test("a long paste while connected is cut too", async (context) => {
  const { server, join } = await room(context);
  const ada = join();
  await until(() => ada.ready);
  ada.type("😀".repeat(200_000));
  await until(() => ada.status.unsaved === 0);
  assert.equal(server.text, ada.text);
});

test("typing faster than the frame limit travels together, and all of it arrives", async (context) => {
  const { server, join } = await room(context);
  const ada = join();
  await until(() => ada.ready);
  for (let n = 0; n < 1000; n++) ada.type(`${n} `);
  await until(() => ada.status.unsaved === 0);
  assert.equal(server.text, ada.text);
  assert.ok(server.sizes.length < 200, `${server.sizes.length} frames`);
});

test("what was loaded from the device is sent, but is no new edit", async (context) => {
  const { server, join } = await room(context);
  const device = { name: "device" };
  const ada = join({ quiet: [device] });
  await until(() => ada.ready);
  const earlier = new Y.Doc();
  earlier.getText("content").insert(0, "kept from before");
  Y.applyUpdate(ada.doc, Y.encodeStateAsUpdate(earlier), device);
  assert.equal(ada.status.unsaved, 0);
  await until(() => server.text === "kept from before");
});

test("a frame that cannot be read costs the connection, not the text", async (context) => {
  const { server, join } = await room(context, "Start. ");
  const ada = join();
  await until(() => ada.ready);
  context.mock.method(console, "error", () => {});
  server.each((peer) => server.send(peer, new Uint8Array([0, 2, 200])));
  ada.type("More. ");
  await until(() => server.connections === 2 && ada.ready && ada.status.unsaved === 0);
  assert.equal(server.text, "Start. More. ");
});

test("trouble is told, and its end", async (context) => {
  const { server, join } = await room(context);
  const ada = join();
  await until(() => ada.ready);
  server.each((peer) => server.send(peer, said([MESSAGE.TROUBLE], "storage", "the disk is full")));
  await until(() => ada.status.trouble?.reason === "the disk is full");
  server.each((peer) => server.send(peer, said([MESSAGE.TROUBLE], "", "")));
  await until(() => ada.status.trouble === null);
});

test("a role that changes is told", async (context) => {
  const { server, join } = await room(context);
  const ada = join();
  await until(() => ada.status.role === "editor");
  server.each((peer) => server.send(peer, said([MESSAGE.ACCESS], "viewer")));
  await until(() => ada.status.role === "viewer");
});

test("others' cursors are known while the line holds, and forgotten when it drops", async (context) => {
  const { server, join } = await room(context);
  const [ada, ben] = [join(), join()];
  await until(() => ada.ready && ben.ready);
  ben.awareness.setLocalState({ cursor: { anchor: 1, head: 2 } });
  await until(() => ada.awareness.getStates().has(ben.doc.clientID));
  assert.deepEqual(ada.awareness.getStates().get(ben.doc.clientID), { cursor: { anchor: 1, head: 2 } });
  await server.crash();
  await until(() => ada.status.phase === "waiting");
  assert.deepEqual([...ada.awareness.getStates().keys()], [ada.doc.clientID]);
});

test("random work through crashes, losses and reconnects ends in one text", async (context) => {
  const { server, join } = await room(context, "Start.\n");
  const people = [join(), join(), join()];
  for (let round = 0; round < 12; round++) {
    for (const [who, person] of people.entries()) {
      person.type(`[${who}:${round}]`);
      if (round % 3 === who && person.text.length > 20) person.doc.getText("content").delete(7, 1);
    }
    if (round % 4 === 1) server.loseNext = 2;
    if (round % 4 === 2) {
      await server.crash();
      await server.start();
    }
    if (round % 4 === 3) server.each((peer) => peer.socket.close(1012));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => people.every(({ status }) => status.phase === "live" && status.unsaved === 0));
  await until(() => people.every((person) => person.text === server.text));
});

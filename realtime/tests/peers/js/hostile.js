// Frames that nobody should send, built by rule: the grammar of docs/protocol.md with wrong things in right places.
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { clocks, deletedUnits, hashOf } from "./documents.js";
import { joined, mutated, noise } from "./mutations.js";
import { hostileUpdate, impossibleUpdate } from "./updates.js";
import * as wire from "./wire.js";

/** @typedef {import("./random.js").Random} Random */

/**
 * What an attacker knows.
 * @typedef {object} View
 * @property {Y.Doc} doc Their copy of the note.
 * @property {number} own Their client id.
 * @property {Uint8Array[]} seen Updates they were sent.
 * @property {boolean} [harmless] They leave the text of others alone.
 */

/**
 * @typedef {object} Shot
 * @property {string} kind
 * @property {Uint8Array | string} frame A string is sent as a text frame.
 * @property {boolean} [last] The server will most likely close the connection.
 */

/** How often each kind is drawn. Those that end the connection are dear: a new one costs more than fifty frames. */
const WEIGHTS = {
  mutatedFrame: 2,
  hostileUpdate: 10,
  foreignUpdate: 14,
  gapUpdate: 12,
  repeatedUpdate: 14,
  awareness: 22,
  manyAwareness: 1,
  brokenAwareness: 0.5,
  stateVector: 10,
  brokenStateVector: 0.6,
  check: 8,
  brokenCheck: 0.3,
  wrongType: 0.4,
  varints: 0.4,
  empty: 0.1,
  text: 0.2,
  noise: 0.4,
  long: 0.1,
  tooLong: 0.05,
  ask: 3,
};

/** @type {Record<string, (random: Random, view: View) => Omit<Shot, "kind">>} */
const SHOTS = {
  mutatedFrame: (random, view) => ({ frame: mutatedFrame(random, view), last: true }),
  hostileUpdate: (random, view) => {
    const { update, patient } = hostileUpdate(random, view);
    return { frame: wire.sync(random.pick([1, 2]), update), last: !patient };
  },
  foreignUpdate: (random, view) => ({ frame: wire.sync(2, someText(random, view, random.pick(others(view)))) }),
  gapUpdate: (random, view) => ({ frame: wire.sync(2, someText(random, view, view.own, random.between(1, 1000))) }),
  repeatedUpdate: (random, view) => ({
    frame: wire.sync(random.pick([1, 2]), view.seen.length ? random.pick(view.seen) : new Uint8Array([0, 0])),
  }),
  awareness: (random, view) => ({ frame: wire.awareness(entries(random, view, random.between(1, 3))) }),
  manyAwareness: (random, view) => ({ frame: wire.awareness(entries(random, view, random.between(50, 200))) }),
  brokenAwareness: (random, view) => ({ frame: wire.awareness(mutated(entries(random, view, 2), random)), last: true }),
  stateVector: (random, view) => ({ frame: wire.sync(0, vector(random, view)) }),
  brokenStateVector: (random, view) => ({ frame: wire.sync(0, brokenVector(random, view)), last: true }),
  check: (random, view) => ({ frame: check(random, view) }),
  brokenCheck: (random, view) => ({ frame: mutated(check(random, view), random), last: true }),
  wrongType: (random) => ({
    frame: joined(
      new Uint8Array([random.pick([2, 4, 5, 99, 100, 101, 102, 103, 105, 106, 107, 127])]),
      noise(random, 8),
    ),
    last: true,
  }),
  varints: (random) => ({
    frame: joined(new Uint8Array([random.pick([0, 1, 104])]), new Uint8Array(random.between(2, 5000)).fill(0xff)),
    last: true,
  }),
  empty: () => ({ frame: new Uint8Array() }),
  text: (random) => ({ frame: random.pick(["", "hello", "{}", "\u0000", "[".repeat(5000)]), last: true }),
  noise: (random) => ({ frame: noise(random, random.between(1, 60)), last: true }),
  long: (random) => ({ frame: wire.sync(2, noise(random, random.between(100_000, 250_000))), last: true }),
  tooLong: (random) => ({ frame: noise(random, random.between(262_145, 400_000)), last: true }),
  ask: () => ({ frame: new Uint8Array([wire.QUERY_AWARENESS]) }),
};

/**
 * @param {Random} random
 * @param {View} view
 * @returns {Shot}
 */
export function shot(random, view) {
  const kind = random.weighted(WEIGHTS);
  return { kind, ...SHOTS[kind](random, view) };
}

/**
 * Text that leans on known ids in no possible order. It is let pass, and may make replicas differ: docs/protocol.md.
 * @param {Random} random
 * @param {View} view
 * @returns {Shot}
 */
export function impossibleShot(random, view) {
  return { kind: "impossible", frame: wire.sync(2, impossibleUpdate(random, view)) };
}

/** @param {View} view */
function others(view) {
  const found = [...clocks(view.doc).keys()].filter((client) => client !== view.own);
  return found.length ? found : [view.own + 1];
}

/**
 * A frame as an honest client sends it, but for some bytes. Updates are left alone here: what is hostile in them is
 * hostile by rule, and a byte that changes where a piece of text belongs is no broken frame but a bad editor's edit.
 * @param {Random} random
 * @param {View} view
 */
function mutatedFrame(random, view) {
  const frames = [
    () => wire.sync(0, Y.encodeStateVector(view.doc)),
    () => wire.awareness(entries(random, view, 1)),
    () => check(random, view),
    () => joined(new Uint8Array([0, random.pick([1, 2])]), mutated(new Uint8Array([2, 0, 0]), random)),
  ];
  return mutated(random.pick(frames)(), random);
}

/**
 * Text at the end of what a client has written, or `gap` units behind it.
 * @param {Random} random
 * @param {View} view
 * @param {number} client
 * @param {number} [gap]
 */
function someText(random, view, client, gap = 0) {
  const clock = clocks(view.doc).get(client) ?? 0;
  return wire.frame((encoder) => {
    for (const number of [1, 1, client, clock + gap, clock ? 0x84 : 0x04]) encoding.writeVarUint(encoder, number);
    if (clock) for (const number of [client, clock - 1]) encoding.writeVarUint(encoder, number);
    else
      for (const write of [() => encoding.writeVarUint(encoder, 1), () => encoding.writeVarString(encoder, "content")])
        write();
    encoding.writeVarString(encoder, random.pick(["forged", "x", "🌊"]));
    encoding.writeVarUint(encoder, 0);
  });
}

const NUMBERS = [0, 1, -1, 7, 1.5, 1e300, 2 ** 31, 2 ** 53, 1e16];

/**
 * Awareness: of itself and of others, with anything in it.
 * @param {Random} random
 * @param {View} view
 * @param {number} count
 */
function entries(random, view, count) {
  return wire.frame((encoder) => {
    encoding.writeVarUint(encoder, count);
    for (let entry = 0; entry < count; entry += 1) {
      const client = random.pick([view.own, view.own, random.pick(others(view)), random.int(2 ** 32), 2 ** 53 - 1]);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, random.pick([0, 1, random.int(1000), 2 ** 31, 2 ** 53 - 1]));
      encoding.writeVarString(encoder, state(random));
    }
  });
}

/** @param {Random} random */
function state(random) {
  const id = () => random.pick([null, { client: random.pick(NUMBERS), clock: random.pick(NUMBERS) }, [], "x", {}]);
  const position = () =>
    random.pick([
      null,
      3,
      "x",
      [],
      {},
      {
        item: id(),
        type: id(),
        tname: random.pick(["content", "other", "\ud800", null, 7]),
        assoc: random.pick(NUMBERS),
      },
    ]);
  const cursor = random.pick([null, 7, {}, [], { anchor: position(), head: position() }]);
  const user = random.pick([undefined, { id: "forged", name: "Ada", colour: 99 }, "x", null]);
  return random.pick([
    "null",
    "{}",
    "[]",
    "7",
    '""',
    JSON.stringify({ cursor, user }),
    JSON.stringify({ cursor: { anchor: position(), head: position() }, user, more: "x".repeat(random.int(1500)) }),
    '{"cursor":{"anchor":{"tname":"\\ud83d","item":null},"head":{"tname":"\\udc00"}}}',
    `{"cursor":${"[".repeat(900)}${"]".repeat(900)}}`,
    '{"cursor":{"anchor":{"item":{"client":1e999,"clock":NaN}},"head":{}}}',
  ]);
}

/**
 * @param {Random} random
 * @param {View} view
 */
function vector(random, view) {
  const known = clocks(view.doc);
  for (let times = random.int(4); times > 0; times -= 1)
    known.set(random.pick([view.own, random.int(2 ** 32)]), random.int(10 ** 6));
  return encoded([...known]);
}

/**
 * @param {Random} random
 * @param {View} view
 */
function brokenVector(random, view) {
  const honest = encoded([...clocks(view.doc)]);
  return random.pick([
    () => wire.frame((encoder) => encoding.writeVarUint(encoder, random.pick([1, 4e8, 2 ** 31, 2 ** 53 - 1]))),
    () =>
      encoded([
        [7, 1],
        [7, 2],
      ]),
    () => encoded([[2 ** 53 - 1, random.pick([2 ** 31, 2 ** 32, 2 ** 53 - 1])]]),
    () => encoded(Array.from({ length: 20_000 }, (_, client) => [client, 2 ** 40])),
    () => mutated(honest, random),
    () => joined(honest, noise(random, 3)),
  ])();
}

/** @param {[number, number][]} pairs */
function encoded(pairs) {
  return wire.frame((encoder) => {
    for (const number of [pairs.length, ...pairs.flat()]) encoding.writeVarUint(encoder, number);
  });
}

/**
 * @param {Random} random
 * @param {View} view
 */
function check(random, view) {
  const hash = random.maybe(0.5) ? hashOf(view.doc) : noise(random, 32);
  return wire.check(vector(random, view), random.pick([deletedUnits(view.doc), random.int(10 ** 6)]), hash);
}

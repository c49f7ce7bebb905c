// Hostile updates: the layout of a Yjs update with wrong things in right places, built by rule.
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { ROOT, clocks } from "./documents.js";
import { mutated } from "./mutations.js";
import * as wire from "./wire.js";

/** @typedef {import("./random.js").Random} Random */
/** @typedef {import("./hostile.js").View} View */

const BIG = [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const STRING = 4;
const LEFT = 0x80;
const RIGHT = 0x40;
const KEY = 0x20;

/**
 * `patient`: the server may well let it pass or answer it, so that the connection goes on.
 * @typedef {{ update: Uint8Array, patient?: boolean }} Built
 */

/** @type {Record<string, number>} */
const WEIGHTS = {
  vandalism: 25,
  edit: 25,
  split: 3,
  unknownOrigin: 5,
  unknownDeletion: 5,
  overlap: 5,
  kinds: 2,
  roots: 1.5,
  claims: 2,
  numbers: 2,
  deep: 0.7,
  manyRoots: 0.3,
  manyClients: 0.3,
  strings: 1.5,
  keys: 1,
  garbage: 2,
  secondFormat: 0.5,
  empty: 3,
};

/** @type {Record<string, (random: Random, view: View) => Built>} */
const UPDATES = {
  /** Deletes what others wrote: allowed, and to be seen by all. */
  vandalism: (random, view) =>
    honest(view, (text) => {
      const { at, length } = range(random, text);
      text.delete(at, length);
    }),
  edit: (random, view) =>
    honest(view, (text) => text.insert(range(random, text).at, random.pick(["!", "🌊", "ha ha"]))),
  /** Into, or over half of, a character of two units. */
  split: (random, view) => ({ update: splitting(random, view) }),
  unknownOrigin: (random, view) => ({
    update: update([[view.own, next(view), [piece("x", { left: [random.int(2 ** 32), random.int(50)] })]]]),
    patient: true,
  }),
  unknownDeletion: (random, view) => ({
    update: update([], [[random.pick([view.own, 77]), next(view) + random.int(99), random.between(1, 9)]]),
    patient: true,
  }),
  /** The same ids with other text: what is known stays, a part of it is asked for again. */
  overlap: (random, view) => {
    const clock = Math.max(0, next(view) - random.between(1, 4));
    return {
      update: update([[view.own, clock, [piece("equivocation", clock ? { left: [view.own, clock - 1] } : {})]]]),
      patient: true,
    };
  },
  kinds: (random, view) => ({ update: update([[view.own, next(view), [anything(random)]]]) }),
  roots: (random, view) => ({
    update: update([
      [
        view.own,
        next(view),
        [piece("x", { root: random.pick(["", "other", "content2", "\u0000", "x".repeat(9000)]) })],
      ],
    ]),
  }),
  /** More of something than there are bytes. */
  claims: (random, view) => ({
    update: random.pick([
      () => numbers(random.pick(BIG)),
      () => numbers(1, random.pick(BIG), view.own, next(view)),
      () => numbers(0, random.pick(BIG)),
      () => numbers(0, 1, view.own, random.pick(BIG)),
      () => numbers(0, 1, view.own, 1, 0, random.pick(BIG)),
      () => numbers(1, 1, view.own, next(view), STRING, 1, random.pick(BIG)),
    ])(),
  }),
  numbers: (random, view) => ({
    update: random.pick([
      () => update([[random.pick([2 ** 53 - 1, 2 ** 32]), random.pick(BIG), [piece("x")]]]),
      () => update([[view.own, next(view), [run(random.pick([0, 1]), random.pick([0, ...BIG]))]]]),
      () => update([[view.own, next(view), [piece("x", { left: [view.own, random.pick(BIG)] })]]]),
      () => update([], [[view.own, random.pick([0, ...BIG]), random.pick([0, ...BIG])]]),
      () =>
        update([
          [view.own, next(view), [piece("x")]],
          [view.own, next(view) + 1, [piece("y")]],
        ]),
    ])(),
  }),
  /** Nested deeper than a decoder's stack may be. */
  deep: (random, view) => ({
    update: update([[view.own, next(view), [nested(random, random.pick([100, 400, 5000, 60_000]))]]]),
  }),
  manyRoots: (random, view) => ({
    update: update([
      [view.own, next(view), Array.from({ length: 3000 }, (_, root) => piece("x", { root: `root ${root}` }))],
    ]),
  }),
  manyClients: (random) => ({
    update: update(Array.from({ length: 3000 }, (_, client) => [random.int(2 ** 32) * 2 + client, 0, [piece("x")]])),
  }),
  strings: (random, view) => ({
    update: update([
      [
        view.own,
        next(view),
        [rawString(random.pick([[], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]))],
      ],
    ]),
  }),
  keys: (random, view) => ({
    update: update([[view.own, next(view), [piece("x", { key: random.pick(["", "key", "content"]) })]]]),
  }),
  garbage: (random) => ({
    update: mutated(random.pick([new Uint8Array([1, 1, 5, 0]), new Uint8Array([0, 0])]), random),
  }),
  secondFormat: (_random, view) => ({ update: Y.encodeStateAsUpdateV2(view.doc) }),
  empty: () => ({ update: new Uint8Array([0, 0]), patient: true }),
};

/**
 * @param {Random} random
 * @param {View} view
 * @returns {Built}
 */
export function hostileUpdate(random, view) {
  const weights = view.harmless ? { ...WEIGHTS, vandalism: 0, edit: 0 } : WEIGHTS;
  return UPDATES[random.weighted(weights)](random, view);
}

/**
 * @param {Random} random
 * @param {View} view
 */
export function impossibleUpdate(random, view) {
  const known = [...clocks(view.doc)].filter(([, clock]) => clock);
  const some = () => {
    if (!known.length || random.maybe(0.3)) return undefined;
    const [client, clock] = random.pick(known);
    return /** @type {Id} */ ([client, random.int(clock)]);
  };
  const made = update([
    [view.own, next(view), [piece(random.pick(["a", "bc", "def"]), { left: some(), right: some() })]],
  ]);
  Y.applyUpdate(view.doc, made, "attack");
  return made;
}

/** @param {View} view */
const next = (view) => clocks(view.doc).get(view.own) ?? 0;

/**
 * An edit as a client makes it, with the attacker's copy following.
 * @param {View} view
 * @param {(text: Y.Text) => void} edit
 * @returns {Built}
 */
function honest(view, edit) {
  let update = new Uint8Array([0, 0]);
  const keep = (/** @type {Uint8Array} */ made) => (update = made);
  view.doc.once("update", keep);
  view.doc.transact(() => edit(view.doc.getText(ROOT)), "attack");
  view.doc.off("update", keep);
  return { update, patient: true };
}

/**
 * A range of whole characters.
 * @param {Random} random
 * @param {Y.Text} text
 */
function range(random, text) {
  const present = text.toString();
  const at = edge(present, random.int(present.length + 1));
  return { at, length: edge(present, Math.min(present.length, at + random.between(1, 6))) - at };
}

/**
 * @param {string} text
 * @param {number} index
 */
function edge(text, index) {
  return /[\ud800-\udbff]/.test(text[index - 1] ?? "") ? index - 1 : index;
}

// --- Building blocks: each writes itself to an encoder -------------------------------------------------------------

/** @typedef {(encoder: encoding.Encoder) => void} Writes */
/** @typedef {[number, number]} Id */

/**
 * @param {[number, number, Writes[]][]} blocks Client, clock, structs.
 * @param {[number, number, number][]} deletions Client, clock, length.
 */
export function update(blocks, deletions = []) {
  return wire.frame((encoder) => {
    encoding.writeVarUint(encoder, blocks.length);
    for (const [client, clock, structs] of blocks) {
      for (const number of [structs.length, client, clock]) encoding.writeVarUint(encoder, number);
      for (const write of structs) write(encoder);
    }
    encoding.writeVarUint(encoder, deletions.length);
    for (const [client, clock, length] of deletions) {
      for (const number of [client, 1, clock, length]) encoding.writeVarUint(encoder, number);
    }
  });
}

/**
 * @param {string} text
 * @param {{ left?: Id, right?: Id, root?: string, key?: string }} [place]
 * @returns {Writes}
 */
export function piece(text, place = {}) {
  return (encoder) => {
    head(encoder, STRING, place);
    encoding.writeVarString(encoder, text);
  };
}

/**
 * @param {number[]} bytes
 * @returns {Writes}
 */
function rawString(bytes) {
  return (encoder) => {
    head(encoder, STRING, {});
    encoding.writeVarUint8Array(encoder, new Uint8Array(bytes));
  };
}

/**
 * Units without text: 0 collected, 1 deleted, 10 left out.
 * @param {number} kind
 * @param {number} length
 * @returns {Writes}
 */
function run(kind, length) {
  return (encoder) => {
    if (kind === 1) head(encoder, kind, {});
    else encoding.writeUint8(encoder, kind);
    encoding.writeVarUint(encoder, length);
  };
}

/**
 * @param {encoding.Encoder} encoder
 * @param {number} kind
 * @param {{ left?: Id, right?: Id, root?: string, key?: string }} place
 */
function head(encoder, kind, { left, right, root = ROOT, key }) {
  encoding.writeUint8(encoder, kind | (left ? LEFT : 0) | (right ? RIGHT : 0) | (key === undefined ? 0 : KEY));
  for (const id of [left, right]) if (id) for (const number of id) encoding.writeVarUint(encoder, number);
  if (left || right) return;
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarString(encoder, root);
  if (key !== undefined) encoding.writeVarString(encoder, key);
}

/**
 * A struct of any kind, known or not, with something like its content.
 * @param {Random} random
 * @returns {Writes}
 */
function anything(random) {
  const kind = random.pick([0, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 31]);
  return (encoder) => {
    head(encoder, kind, random.maybe(0.2) ? { root: "other" } : {});
    for (let times = random.int(4); times > 0; times -= 1) {
      if (random.maybe(0.5)) encoding.writeVarUint(encoder, random.pick([0, 1, 2, 7, 125, ...BIG]));
      else encoding.writeVarString(encoder, random.pick(["", "null", '{"a":1}', "x".repeat(300)]));
    }
  };
}

/**
 * A list in a list in a list: as values, or as JSON.
 * @param {Random} random
 * @param {number} depth
 * @returns {Writes}
 */
function nested(random, depth) {
  return (encoder) => {
    if (random.maybe(0.5)) {
      head(encoder, 8, {});
      encoding.writeVarUint(encoder, 1);
      for (let level = 0; level < depth; level += 1) for (const byte of [117, 1]) encoding.writeUint8(encoder, byte);
      encoding.writeUint8(encoder, 126);
    } else {
      head(encoder, random.pick([2, 5]), {});
      if (random.maybe(0.5)) encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, "[".repeat(depth) + "]".repeat(depth));
    }
  };
}

/** @param {number[]} all */
function numbers(...all) {
  return wire.frame((encoder) => {
    for (const number of all) encoding.writeVarUint(encoder, number);
  });
}

/**
 * @param {Random} random
 * @param {View} view
 */
function splitting(random, view) {
  const pair = pairs(view.doc);
  const [client, clock] = pair.length ? random.pick(pair) : [view.own, 0];
  return random.pick([
    () => update([[view.own, next(view), [piece("x", { left: [client, clock], right: [client, clock + 1] })]]]),
    () => update([], [[client, clock, 1]]),
    () => update([], [[client, clock + 1, 1]]),
  ])();
}

/**
 * Ids of the characters of two units, by their first.
 * @param {Y.Doc} doc
 * @returns {Id[]}
 */
function pairs(doc) {
  /** @type {Id[]} */
  const found = [];
  for (let item = doc.getText(ROOT)._start; item && found.length < 50; item = item.right) {
    if (!(item.content instanceof Y.ContentString)) continue;
    const { str } = item.content;
    for (let at = 0; at < str.length; at += 1)
      if (/[\ud800-\udbff]/.test(str[at])) found.push([item.id.client, item.id.clock + at]);
  }
  return found;
}

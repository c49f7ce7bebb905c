// One random session: a few clients of one note, drawn by a seed.
import { perform } from "./acts.js";
import { converge } from "./ending.js";
import { Peer } from "./peer.js";
import { Random } from "./random.js";
import { someText } from "./writing.js";

/**
 * @typedef {{ name: string, cookie: string }} Person
 * @typedef {{ url: string, origin: string, writers: Person[], readers: Person[] }} House
 */

const WEIGHTS = {
  type: 30,
  erase: 10,
  replace: 8,
  undo: 5,
  redo: 3,
  leave: 1,
  cut: 1,
  come: 5,
  reconnect: 0.7,
  reload: 0.7,
  again: 2,
  echo: 1,
  hold: 1,
  send: 3,
  lose: 0.5,
  keep: 1,
  take: 3,
  check: 1,
};

/**
 * Plays one session. Returns what everybody holds at its end; throws when that is not the same.
 * @param {House} house
 * @param {string} note
 * @param {number} seed
 */
export async function play(house, note, seed) {
  const random = new Random(seed);
  const peers = cast(house, note, random);
  try {
    for (const peer of peers) if (random.maybe(0.8)) await peer.connect();
    const length = random.between(15, 40);
    for (let step = 0; step < length; step += 1) {
      await perform(peers, draw(random, peers));
      // Now and then the network gets its turn; else several clients write before they hear of each other.
      if (random.maybe(0.4)) await new Promise((resolve) => setImmediate(resolve));
    }
    const end = await converge(peers);
    refuseNothing(peers);
    return { seed, note, ...end, peers: peers.length, resyncs: peers.reduce((sum, peer) => sum + peer.resyncs, 0) };
  } finally {
    for (const peer of peers) peer.leave();
  }
}

/**
 * @param {House} house
 * @param {string} note
 * @param {Random} random
 */
function cast(house, note, random) {
  const { url, origin } = house;
  // How the network behaves must not change what the seed draws next.
  const network = new Random(random.int(2 ** 32));
  const peers = Array.from({ length: random.between(3, 5) }, (_, number) => {
    const person = random.pick(house.writers);
    const options = { plain: random.maybe(0.3), announces: random.maybe(0.5), gc: random.maybe(0.8) };
    const by = options.plain ? {} : { requests: random.maybe(0.3), repeats: () => network.maybe(0.05) };
    return new Peer({ url, origin, note, cookie: person.cookie, name: `${person.name} (${number})`, ...options, ...by });
  });
  if (random.maybe(0.25)) {
    const { name, cookie } = random.pick(house.readers);
    peers.push(new Peer({ url, origin, note, cookie, name, reads: true, announces: random.maybe(0.5) }));
  }
  // Client ids by the seed, so that a session can be played again.
  for (const peer of peers) peer.doc.clientID = random.int(2 ** 32);
  return peers;
}

/**
 * @param {Random} random
 * @param {Peer[]} peers
 */
function draw(random, peers) {
  const who = random.int(peers.length);
  const act = random.weighted(WEIGHTS);
  const drawn = { who, at: random.next(), length: random.between(1, 12), text: someText(random) };
  const count = random.between(1, 3);
  const writes = ["type", "erase", "replace", "undo", "redo"].includes(act);
  return { act: writes && peers[who].options.reads ? "come" : act, count, ...drawn };
}

/** @param {Peer[]} peers */
function refuseNothing(peers) {
  for (const peer of peers) {
    if (peer.refusals.length) throw new Error(`${peer.name} was refused: ${JSON.stringify(peer.refusals)}`);
    const bad = peer.closes.filter((code) => code >= 4000);
    if (bad.length) throw new Error(`${peer.name} was closed with ${bad}`);
  }
}

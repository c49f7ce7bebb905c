// Peers that somebody else drives: reads commands from standard input, a line of JSON each, and answers each with one.
import { perform } from "./acts.js";
import { fingerprint } from "./documents.js";
import { converge, same } from "./ending.js";
import { inputs, print } from "./lines.js";
import { Peer, until } from "./peer.js";
import { Stock } from "./stock.js";
import { Typist } from "./typist.js";
import { Witness } from "./witness.js";

/** @type {Map<string, Peer | Stock>} */
const peers = new Map();
/** @type {Map<string, Typist>} */
const typists = new Map();
/** @type {Map<string, Witness>} */
const witnesses = new Map();

/** @typedef {Record<string, any>} Command */

/** @param {Command} command */
const asked = ({ peer }) => /** @type {Peer} */ (peers.get(peer));

/** @type {Record<string, (command: Command) => unknown>} */
const COMMANDS = {
  /** Makes a peer; `stock` one of y-websocket. */
  make: ({ peer, stock, options }) => {
    peers.set(peer, stock ? new Stock({ ...options, name: peer }) : new Peer({ ...options, name: peer }));
  },
  /** Where it is to connect from now on. */
  move: (command) => {
    Object.assign(asked(command).options, command.options);
  },
  /** Connects, and does not wait for it. */
  begin: (command) => void insist(asked(command)),
  connect: (command) => asked(command).connect(),
  /** Many at once; who is turned away comes back, as clients do. */
  connectAll: ({ peers: names }) =>
    Promise.all(names.map((/** @type {string} */ name) => insist(asked({ peer: name })))),
  act: (command) => perform([asked(command)], { who: 0, ...command.act }),
  /** Many edits in a row, each an update of its own. */
  typeMuch: (command) => {
    for (let times = 0; times < command.times; times += 1) perform([asked(command)], { who: 0, act: "type", ...command });
  },
  cursor: (command) => asked(command).presence?.move(command.index),
  say: (command) => /** @type {Peer} */ (asked(command)).presence?.claim(command.state),
  send: (command) => asked(command).send(new Uint8Array(Buffer.from(command.frame, "base64"))),
  /** Types pieces that are like no others, until it is told to stop; offline too. */
  type: (command) => {
    typists.set(command.peer, new Typist(asked(command), command.every));
  },
  stop: ({ peer }) => {
    const typist = typists.get(peer);
    typists.delete(peer);
    return typist?.stop() ?? [];
  },
  /** From now on the peer types, comes back by itself, and remembers. */
  witness: (command) => {
    witnesses.set(command.peer, new Witness(asked(command), command.options));
  },
  summaries: () => Object.fromEntries([...witnesses].map(([name, witness]) => [name, witness.summary])),
  rest: () => [...witnesses.values()].forEach((witness) => witness.rest()),
  /** Gives back what a witness remembers, and forgets it. */
  testimony: ({ peer }) => witnesses.get(peer)?.told.splice(0),
  /** A witness that is never heard of again. */
  die: (command) => {
    witnesses.get(command.peer)?.end();
    asked(command).leave({ rudely: true });
  },
  /** Waits until these are online, have everything stored, and hold the same. */
  agree: ({ names, ms }) => {
    const agreeing = names.map((/** @type {string} */ name) => asked({ peer: name }));
    const all = () => agreeing.every((/** @type {Peer} */ peer) => peer.settled) && same(agreeing);
    return until(agreeing, all, "all hold the same", ms);
  },
  state: (command) => state(asked(command)),
  states: () => Object.fromEntries([...peers].map(([name, peer]) => [name, state(peer)])),
  /** Plays a schedule of acts with some of the peers; answers with what all hold in the end. */
  play: async ({ names, acts }) => {
    const playing = names.map((/** @type {string} */ name) => peers.get(name));
    for (const act of acts) {
      await perform(playing, act);
      if (act.yields) await new Promise((resolve) => setImmediate(resolve));
    }
    return converge(playing);
  },
  end: ({ peer }) => {
    witnesses.get(peer)?.end();
    witnesses.delete(peer);
    peers.get(peer)?.leave();
    peers.delete(peer);
  },
};

const PATIENCE = 100;
const PAUSE_MS = 300;

/** @param {Peer} peer */
async function insist(peer) {
  for (let times = 0; !peer.online; times += 1) {
    try {
      await peer.connect();
    } catch (error) {
      if (times === PATIENCE) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** @param {Peer | Stock} peer */
function state(peer) {
  const common = {
    ...fingerprint(peer.doc),
    online: peer.online,
    client: peer.doc.clientID,
    closes: peer.closes,
    others: peer.presence?.others(),
  };
  if (peer instanceof Stock) return common;
  const { role, sent, stored, refusals, resyncs, heard, acked, settled, verdict } = peer;
  const told = { role, sent, stored, refusals, resyncs, heard, acked, settled, verdict };
  return { ...common, own: peer.presence?.own(), ...told };
}

/** @param {Command} command */
async function answer(command) {
  try {
    const result = await COMMANDS[command.do](command);
    print({ id: command.id, result: result ?? null });
  } catch (error) {
    print({ id: command.id, error: String(/** @type {Error} */ (error).stack ?? error) });
  }
}

for await (const command of inputs()) void answer(command);
process.exit(0);

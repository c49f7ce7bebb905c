// What a peer can do. A schedule is a list of acts: drawn by chance (sessions.js) or by hypothesis (host.js).
import { replace } from "./writing.js";

/**
 * @typedef {import("./peer.js").Peer} Peer
 * @typedef {object} Act
 * @property {string} act
 * @property {number} who
 * @property {number} [at] From 0 (beginning of the text) to 1 (its end).
 * @property {number} [length]
 * @property {string} [text]
 * @property {number} [count]
 */

/** @type {Record<string, (peer: Peer, act: Act) => unknown>} */
export const ACTS = {
  type: (peer, { at = 1, text = "x" }) => replace(peer, at, 0, text),
  erase: (peer, { at = 0, length = 1 }) => replace(peer, at, length, ""),
  replace: (peer, { at = 0, length = 1, text = "x" }) => replace(peer, at, length, text),
  undo: (peer) => peer.undoing.undo(),
  redo: (peer) => peer.undoing.redo(),
  leave: (peer) => peer.leave(),
  cut: (peer) => peer.leave({ rudely: true }),
  come: (peer) => (peer.socket ? undefined : peer.connect()),
  /** The connection breaks and comes back at once. */
  reconnect: (peer) => {
    peer.leave({ rudely: true });
    return peer.connect();
  },
  reload: (peer) => {
    const online = peer.socket !== null;
    peer.leave();
    peer.reload();
    return online ? peer.connect() : undefined;
  },
  /** The last update once more. */
  again: (peer) => {
    if (peer.lastOwn && peer.online) peer.sendUpdate(2, peer.lastOwn);
  },
  /** An update of somebody else, sent back. */
  echo: (peer) => {
    if (peer.lastHeard && peer.online) peer.sendUpdate(2, peer.lastHeard);
  },
  hold: (peer, { count = 2 }) => {
    if (peer.online) peer.toHold = count;
  },
  /** What was held goes out, the last first. */
  send: (peer) => peer.sendHeld((held) => [...held].reverse()),
  lose: (peer, { count = 1 }) => {
    if (peer.online) peer.toLose = count;
  },
  keep: (peer, { count = 2 }) => {
    if (peer.online) peer.toKeep = count;
  },
  /** What was kept is taken in, the last first, and each twice. */
  take: (peer) => peer.release((kept) => [...kept, ...kept].reverse()),
  check: (peer) => {
    if (peer.online && !peer.options.plain) peer.check();
  },
};

/**
 * @param {Peer[]} peers
 * @param {Act} act
 */
export async function perform(peers, act) {
  await ACTS[act.act](peers[act.who % peers.length], act);
}

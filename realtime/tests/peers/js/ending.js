// The end of a session: everybody comes back, and everything must be equal everywhere.
import { isDeepStrictEqual } from "node:util";
import { audit, fingerprint } from "./documents.js";
import { Peer, until } from "./peer.js";

const EQUAL = 0;
const DIFFERENT = 1;

/**
 * Brings all online, waits until they hold the same, asks the server, and has somebody new come.
 * Returns what they hold. Throws when they differ.
 * @param {Peer[]} peers
 */
export async function converge(peers) {
  for (const peer of peers) {
    peer.sendHeld((held) => held);
    peer.release((kept) => kept);
    peer.toHold = peer.toKeep = peer.toLose = 0;
    // A lost update is found at the latest when the line breaks.
    if (peer.lost || !peer.socket) {
      peer.leave();
      await peer.connect();
    }
  }
  const all = () => peers.every((peer) => peer.settled) && same(peers);
  await until(peers, all, "all peers hold the same").catch((error) => {
    throw new Error(`${error.message}\n${peers.map(standing).join("\n")}`);
  });
  for (const peer of peers) if (!peer.options.plain) await agree(peer);
  const fresh = new Peer({ ...peers[0].options, name: "somebody new", plain: false });
  await fresh.connect();
  await until([fresh], () => fresh.settled && same([peers[0], fresh]), "somebody new holds the same");
  await agree(fresh);
  for (const peer of [...peers, fresh]) audit(peer.doc, peer.name);
  fresh.leave();
  return fingerprint(peers[0].doc);
}

/** @param {Peer} peer */
function standing(peer) {
  const { name, online, sent, stored, held, kept, closes, refusals, resyncs, lost } = peer;
  const { vector, deleted } = fingerprint(peer.doc);
  const counts = { online, sent, stored, held: held.length, kept: kept.length, lost, resyncs };
  const waits = Boolean(peer.doc.store.pendingStructs || peer.doc.store.pendingDs);
  const all = {
    name,
    plain: peer.options.plain,
    client: peer.doc.clientID,
    ...counts,
    closes,
    refusals,
    waits,
    deleted,
  };
  return JSON.stringify({ ...all, vector });
}

/** @param {Peer[]} peers */
export function same(peers) {
  const first = fingerprint(peers[0].doc);
  return peers.slice(1).every((peer) => isDeepStrictEqual(fingerprint(peer.doc), first));
}

/**
 * The server's text is the peer's.
 * @param {Peer} peer
 */
async function agree(peer) {
  peer.check();
  await until(
    [peer],
    () => {
      if (peer.answered < peer.asked) return false;
      if (peer.verdict === DIFFERENT) throw new Error(`${peer.name}: the server's text is another`);
      // Text was on its way.
      if (peer.verdict !== EQUAL) peer.check();
      return peer.verdict === EQUAL;
    },
    `the server says that its text is ${peer.name}'s`,
  );
}

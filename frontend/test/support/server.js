// A small server that speaks docs/protocol.md over real WebSockets, one note, with switches for the tests.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocketServer } from "ws";
import * as Y from "yjs";
import { MESSAGE, SUBPROTOCOL, SYNC } from "../../src/editor/wire/protocol.js";

/**
 * @typedef {{ socket: import("ws").WebSocket, url: URL, updates: number, closed: boolean }} Peer
 */

export class NoteServer {
  doc = new Y.Doc();
  epoch = 1;
  role = "editor";
  /** Acknowledge and show only when told to. */
  holding = false;
  /** Frames are read, nothing is ever answered. */
  mute = false;
  /** @type {{ code: string, reason: string } | null} The next update message is refused with this. */
  refuse = null;
  /** The next update message is thrown away, as if its place in the order did not fit. */
  loseNext = 0;
  /** @type {number | null} Close code for whoever connects. */
  turnAway = null;
  /** @type {number[]} Bytes of each update message. */
  sizes = [];
  connections = 0;
  /** @type {Set<Peer>} */
  peers = new Set();
  /** @type {{ peer: Peer, number: number, update: Uint8Array }[]} */
  #pending = [];
  /** @type {WebSocketServer | null} */
  #listener = null;
  port = 0;

  /** @param {string} [text] */
  constructor(text = "") {
    if (text) this.doc.getText("content").insert(0, text);
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/ws/notes/abc`;
  }

  get text() {
    return this.doc.getText("content").toString();
  }

  /** @returns {Promise<NoteServer>} */
  async start() {
    const listener = new WebSocketServer({
      host: "127.0.0.1",
      port: this.port,
      maxPayload: 256 * 1024,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#listener = listener;
    listener.on("connection", (socket, request) => this.#join(socket, new URL(request.url ?? "", "ws://localhost")));
    await new Promise((resolve) => listener.once("listening", resolve));
    this.port = /** @type {import("node:net").AddressInfo} */ (listener.address()).port;
    return this;
  }

  /** As kill -9 does: no close frame, and what was not committed is gone. */
  async crash() {
    this.#pending = [];
    for (const socket of this.#listener?.clients ?? []) socket.terminate();
    this.peers.clear();
    await new Promise((resolve) => this.#listener?.close(resolve));
  }

  /** Commits what waits, shows it to the others, then acknowledges. */
  commit() {
    const pending = this.#pending;
    this.#pending = [];
    for (const { peer, update } of pending) {
      Y.applyUpdate(this.doc, update);
      for (const other of this.peers) if (other !== peer) this.send(other, frame([0, 2], update));
    }
    for (const { peer, number } of pending) this.send(peer, numbers(MESSAGE.STORED, number, Date.now()));
  }

  /**
   * @param {import("ws").WebSocket} socket
   * @param {URL} url
   */
  #join(socket, url) {
    const peer = { socket, url, updates: 0, closed: false };
    this.connections += 1;
    if (this.turnAway) return void socket.close(this.turnAway);
    this.peers.add(peer);
    socket.on("message", (data) => this.#hear(peer, new Uint8Array(/** @type {Buffer} */ (data))));
    socket.on("close", () => this.peers.delete(peer));
    this.send(peer, hello(this.epoch, this.role));
    if (Number(url.searchParams.get("epoch")) !== this.epoch) return void socket.close(4409);
    this.askStateOf(peer);
  }

  /** @param {Peer} peer */
  askStateOf(peer) {
    this.send(peer, frame([0, 0], Y.encodeStateVector(this.#ahead())));
  }

  /** What is committed and what is about to be. */
  #ahead() {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.doc));
    for (const { update } of this.#pending) Y.applyUpdate(doc, update);
    return doc;
  }

  /**
   * @param {Peer} peer
   * @param {Uint8Array} data
   */
  #hear(peer, data) {
    if (this.mute) return;
    const decoder = decoding.createDecoder(data);
    const kind = decoding.readVarUint(decoder);
    if (kind === MESSAGE.QUERY_AWARENESS) return this.send(peer, frame([1], new Uint8Array([0])));
    if (kind === MESSAGE.AWARENESS) {
      for (const other of this.peers) if (other !== peer) this.send(other, data);
    }
    if (kind !== MESSAGE.SYNC) return;
    const step = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (step === SYNC.STEP_1) this.send(peer, frame([0, 1], Y.encodeStateAsUpdate(this.doc, body)));
    else this.#take(peer, body);
  }

  /**
   * @param {Peer} peer
   * @param {Uint8Array} update
   */
  #take(peer, update) {
    peer.updates += 1;
    this.sizes.push(update.length);
    if (this.refuse) {
      const { code, reason } = this.refuse;
      this.refuse = null;
      return this.send(peer, refused(peer.updates, code, reason));
    }
    if (this.loseNext > 0 || !this.#fits(update)) {
      this.loseNext = Math.max(0, this.loseNext - 1);
      this.send(peer, numbers(MESSAGE.RESYNC, peer.updates));
      return this.askStateOf(peer);
    }
    this.#pending.push({ peer, number: peer.updates, update });
    if (!this.holding) setImmediate(() => this.commit());
  }

  /**
   * The real server's rule: each client's structs continue exactly where we end, or hold nothing new.
   * @param {Uint8Array} update
   */
  #fits(update) {
    const known = Y.decodeStateVector(Y.encodeStateVector(this.#ahead()));
    /** @type {Map<number, { start: number, end: number }>} */
    const blocks = new Map();
    for (const { id, length } of Y.decodeUpdate(update).structs) {
      const block = blocks.get(id.client);
      if (block) block.end = id.clock + length;
      else blocks.set(id.client, { start: id.clock, end: id.clock + length });
    }
    return [...blocks].every(([client, { start, end }]) => {
      const clock = known.get(client) ?? 0;
      return end <= clock || start === clock;
    });
  }

  /**
   * @param {Peer} peer
   * @param {Uint8Array} data
   */
  send(peer, data) {
    if (!this.mute) peer.socket.send(data);
  }

  /** @param {(peer: Peer) => void} visit */
  each(visit) {
    this.peers.forEach(visit);
  }
}

/**
 * @param {number[]} head
 * @param {Uint8Array} body
 */
export function frame(head, body) {
  const encoder = encoding.createEncoder();
  for (const number of head) encoding.writeVarUint(encoder, number);
  encoding.writeVarUint8Array(encoder, body);
  return encoding.toUint8Array(encoder);
}

/** @param {number[]} list */
export function numbers(...list) {
  const encoder = encoding.createEncoder();
  for (const number of list) encoding.writeVarUint(encoder, number);
  return encoding.toUint8Array(encoder);
}

/**
 * @param {number} epoch
 * @param {string} role
 */
export function hello(epoch, role) {
  const encoder = encoding.createEncoder();
  for (const number of [MESSAGE.HELLO, epoch, 0]) encoding.writeVarUint(encoder, number);
  encoding.writeVarString(encoder, role);
  return encoding.toUint8Array(encoder);
}

/**
 * @param {number} number
 * @param {string} code
 * @param {string} reason
 */
function refused(number, code, reason) {
  return said([MESSAGE.REFUSED, number], code, reason);
}

/**
 * @param {number[]} head
 * @param {string[]} words
 */
export function said(head, ...words) {
  const encoder = encoding.createEncoder();
  for (const number of head) encoding.writeVarUint(encoder, number);
  for (const word of words) encoding.writeVarString(encoder, word);
  return encoding.toUint8Array(encoder);
}

// A Yjs client of one note over a real socket, or by plain requests. Speaks commonplace.v1, or the standard messages.
import WebSocket from "ws";
import * as Y from "yjs";
import { ROOT, deletedUnits, hashOf } from "./documents.js";
import { Presence } from "./presence.js";
import { RequestSocket } from "./requests.js";
import * as wire from "./wire.js";

export const LOCAL = "local";
const REMOTE = "remote";

/**
 * @typedef {object} Options
 * @property {string} url Of the server, ws://...
 * @property {string} origin
 * @property {string} cookie
 * @property {string} note
 * @property {string} name
 * @property {boolean} [plain] Only the standard messages, as stock clients speak.
 * @property {boolean} [announces] Says its client id when it connects.
 * @property {boolean} [gc]
 * @property {boolean} [reads] Never writes.
 * @property {boolean} [present] Says where it is, and hears where the others are.
 * @property {number} [client] Its client id, instead of one by chance.
 * @property {boolean} [requests] Comes by plain requests.
 * @property {{ url: string, origin: string }[]} [others] Other servers: its requests go to each in turn.
 * @property {() => boolean} [repeats] Whether a request is sent twice on its way.
 */

export class Peer {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.name = options.name;
    /** @type {WebSocket | RequestSocket | null} */
    this.socket = null;
    this.greeted = false;
    this.sent = 0;
    this.stored = 0;
    this.role = "";
    /** @type {{ code: string, reason: string }[]} */
    this.refusals = [];
    this.resyncs = 0;
    /** Frames that came, over all connections. */
    this.heard = 0;
    /** @type {number[]} */
    this.closes = [];
    /** Checks asked and answered on this connection, and the last answer. */
    this.asked = this.answered = 0;
    this.verdict = -1;
    /** Clock of its own client id up to which the server has said "stored". */
    this.acked = 0;
    /** @type {{ count: number, clock: number }[]} */
    this.marks = [];
    /** Messages that were refused or asked for again: no "stored" names them. */
    /** @type {Set<number>} */
    this.dealt = new Set();
    /** @type {Uint8Array | null} */
    this.lastOwn = null;
    /** @type {Uint8Array | null} */
    this.lastHeard = null;
    /** What to do with the next updates: how many are held back, and how many are lost. */
    this.toHold = 0;
    this.toLose = 0;
    /** @type {Uint8Array[]} */
    this.held = [];
    this.lost = false;
    /** How many updates of others to keep for later, and those kept. */
    this.toKeep = 0;
    /** @type {Uint8Array[]} */
    this.kept = [];
    /** @type {Presence | null} */
    this.presence = null;
    /** @type {(() => void)[]} */
    this.watchers = [];
    /** @type {((update: Uint8Array) => void) | null} */
    this.onHeard = null;
    const doc = new Y.Doc({ gc: options.gc ?? true });
    if (options.client) doc.clientID = options.client;
    this.begin(doc);
  }

  /** @param {Y.Doc} doc */
  begin(doc) {
    this.doc = doc;
    this.text = doc.getText(ROOT);
    this.acked = 0;
    this.marks = [];
    this.presence?.end();
    this.presence = this.options.present ? new Presence(this) : null;
    this.undoing = new Y.UndoManager(this.text, { trackedOrigins: new Set([LOCAL]), captureTimeout: 0 });
    doc.on("update", (update, origin) => {
      if (origin !== REMOTE && this.doc === doc) this.#offer(update);
    });
  }

  /** As after a reload of the page: a new client id, and what the browser had kept. */
  reload() {
    const kept = Y.encodeStateAsUpdate(this.doc);
    this.undoing.destroy();
    const doc = new Y.Doc({ gc: this.options.gc ?? true });
    Y.applyUpdate(doc, kept, REMOTE);
    this.begin(doc);
  }

  get online() {
    return this.socket !== null && this.socket.readyState === WebSocket.OPEN && this.greeted;
  }

  /** Everything it sent has been dealt with. */
  get settled() {
    if (this.held.length || this.kept.length || !this.online) return false;
    return this.options.plain || this.stored >= this.sent;
  }

  /** Resolves when the server has greeted; rejects when it closes before. */
  connect() {
    const socket = this.options.requests ? this.#byRequests() : this.#bySocket();
    this.socket = socket;
    this.greeted = false;
    this.sent = this.stored = 0;
    this.asked = this.answered = 0;
    this.marks = [];
    this.dealt = new Set();
    this.held = [];
    return new Promise((resolve, reject) => {
      socket.on("message", (data) => {
        if (this.socket !== socket) return;
        this.#receive(/** @type {Buffer} */ (data));
        if (this.greeted) resolve(undefined);
        this.#changed();
      });
      socket.on("error", (error) => reject(error));
      socket.on("close", (code) => {
        this.closes.push(code);
        if (this.socket === socket) this.#offline();
        reject(new Error(`closed with ${code}`));
        this.#changed();
      });
    });
  }

  #bySocket() {
    const { url, origin, cookie, note, plain, announces } = this.options;
    const query = announces ? `?client=${this.doc.clientID}` : "";
    return new WebSocket(`${url}/ws/notes/${note}${query}`, plain ? [] : [wire.SUBPROTOCOL], {
      headers: { Cookie: cookie, Origin: origin },
      perMessageDeflate: false,
    });
  }

  #byRequests() {
    const { cookie, note, announces, repeats } = this.options;
    const query = announces ? `client=${this.doc.clientID}` : "";
    const servers = () => [{ url: this.options.url, origin: this.options.origin }, ...(this.options.others ?? [])];
    return new RequestSocket(`/sync/notes/${note}?${query}`, { servers, cookie, repeats });
  }

  /** Goes offline: says goodbye, or as when the cable is pulled. */
  leave({ rudely = false } = {}) {
    const socket = this.socket;
    this.#offline();
    if (!socket) return;
    socket.on("error", () => {});
    if (rudely) socket.terminate();
    else socket.close();
  }

  #offline() {
    this.release((kept) => kept);
    this.socket = null;
    this.greeted = false;
    this.presence?.alone();
    this.held = [];
    this.toHold = this.toLose = this.toKeep = 0;
  }

  // --- Sending -----------------------------------------------------------------------------------------------------

  /** @param {Uint8Array} update */
  #offer(update) {
    this.lastOwn = update;
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) return;
    if (this.toLose > 0) {
      this.toLose -= 1;
      this.lost = true;
    } else if (this.toHold > 0) {
      this.toHold -= 1;
      this.held.push(update);
    } else {
      this.sendUpdate(2, update);
    }
  }

  /**
   * @param {number} step
   * @param {Uint8Array} update
   */
  sendUpdate(step, update) {
    this.sent += 1;
    this.marks.push({ count: this.sent, clock: Y.parseUpdateMeta(update).to.get(this.doc.clientID) ?? 0 });
    this.send(wire.sync(step, update));
  }

  /** @param {(held: Uint8Array[]) => Uint8Array[]} order */
  sendHeld(order) {
    const held = order(this.held);
    this.held = [];
    this.toHold = 0;
    for (const update of held) this.sendUpdate(2, update);
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes);
  }

  /** Asks whether the server's text is the same. */
  check() {
    this.asked += 1;
    this.send(wire.check(Y.encodeStateVector(this.doc), deletedUnits(this.doc), hashOf(this.doc)));
  }

  // --- Receiving ---------------------------------------------------------------------------------------------------

  /** @param {Uint8Array} bytes */
  #receive(bytes) {
    this.heard += 1;
    const message = wire.read(bytes);
    switch (message.type) {
      case wire.SYNC:
        this.#sync(message.step, message.body);
        break;
      case wire.AWARENESS:
        this.presence?.hear(message.body);
        break;
      case wire.STORED:
        this.#stored(message.count);
        break;
      case wire.REFUSED:
        this.refusals.push({ code: message.code, reason: message.reason });
        this.#dealtWith(message.count);
        break;
      case wire.RESYNC:
        this.resyncs += 1;
        this.#dealtWith(message.count);
        break;
      case wire.HELLO:
        // By requests it may come again, from a server that does not know us.
        this.greeted = false;
        this.role = message.role;
        break;
      case wire.ACCESS:
        this.role = message.role;
        break;
      case wire.CHECK:
        this.answered += 1;
        this.verdict = message.verdict;
        break;
    }
  }

  /**
   * @param {number} step
   * @param {Uint8Array} body
   */
  #sync(step, body) {
    if (step !== 0) {
      this.#hear(body);
      return;
    }
    this.release((kept) => kept);
    // Held updates are older than this answer, which holds all of them.
    this.sendHeld((held) => held);
    if (!this.greeted) this.send(wire.sync(0, Y.encodeStateVector(this.doc)));
    if (!this.greeted) this.presence?.say();
    this.greeted = true;
    this.lost = false;
    this.sendUpdate(1, Y.encodeStateAsUpdate(this.doc, body));
  }

  /** @param {Uint8Array} update */
  #hear(update) {
    this.lastHeard = update;
    this.onHeard?.(update);
    if (this.toKeep > 0) {
      this.toKeep -= 1;
      this.kept.push(update);
    } else {
      Y.applyUpdate(this.doc, update, REMOTE);
    }
  }

  /**
   * Takes in what was kept, in another order.
   * @param {(kept: Uint8Array[]) => Uint8Array[]} order
   */
  release(order) {
    const kept = order(this.kept);
    this.kept = [];
    this.toKeep = 0;
    for (const update of kept) Y.applyUpdate(this.doc, update, REMOTE);
  }

  /** @param {number} count */
  #stored(count) {
    this.stored = Math.max(this.stored, count);
    while (this.dealt.has(this.stored + 1)) this.stored += 1;
    while (this.marks.length && this.marks[0].count <= count) {
      this.acked = Math.max(this.acked, /** @type {{ clock: number }} */ (this.marks.shift()).clock);
    }
  }

  /** @param {number} count */
  #dealtWith(count) {
    this.dealt.add(count);
    this.marks = this.marks.filter((mark) => mark.count !== count);
    this.#stored(this.stored);
  }

  // --- Waiting -----------------------------------------------------------------------------------------------------

  #changed() {
    for (const watcher of [...this.watchers]) watcher();
  }
}

/**
 * Waits until a condition holds; it is looked at after every frame that a peer gets, and now and then.
 * @param {Peer[]} peers
 * @param {() => boolean} condition
 * @param {string} what
 * @param {number} [ms]
 */
export function until(peers, condition, what, ms = 20_000) {
  if (condition()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = (/** @type {Error | null} */ error) => {
      clearTimeout(timer);
      clearInterval(again);
      for (const peer of peers) peer.watchers = peer.watchers.filter((watcher) => watcher !== look);
      if (error) reject(error);
      else resolve(undefined);
    };
    const look = () => {
      try {
        if (condition()) end(null);
      } catch (error) {
        end(/** @type {Error} */ (error));
      }
    };
    const timer = setTimeout(() => end(new Error(`after ${ms} ms still waiting: ${what}`)), ms);
    const again = setInterval(look, 50);
    for (const peer of peers) peer.watchers.push(look);
  });
}

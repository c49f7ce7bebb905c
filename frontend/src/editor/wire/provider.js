// Keeps one Yjs document in step with the server. docs/protocol.md is the contract.
import { ObservableV2 } from "lib0/observable";
import * as Y from "yjs";
import { Backoff } from "./backoff.js";
import { Heartbeat } from "./heartbeat.js";
import { Outbox } from "./outbox.js";
import { forgetOthers, hear, ownState, throttled } from "./presence.js";
import * as protocol from "./protocol.js";
import { afterClose } from "./closing.js";
import { Ways } from "./ways.js";

/**
 * @typedef {import("./protocol.js").Role} Role
 * @typedef {import("./protocol.js").ServerMessage} ServerMessage
 * @typedef {import("y-protocols/awareness").Awareness} Awareness
 *
 * @typedef {"idle" | "connecting" | "syncing" | "live" | "waiting" | "stopped"} Phase
 *   syncing: connected, and the server's state is not known yet, so that nothing is sent.
 *   waiting: not connected, and the next attempt has a time. stopped: no attempt will be made.
 *
 * @typedef {Object} Status
 * @property {Phase} phase
 * @property {boolean} synced Has once held all that the server had.
 * @property {number} retryAt When the next attempt is made (ms), while waiting.
 * @property {Role | null} role As the server last said it.
 * @property {number} unsaved Edits made here that no database has confirmed.
 * @property {number} unsavedSince
 * @property {number} savedAt Unix ms
 * @property {{ code: string, reason: string } | null} trouble The server cannot store at present.
 * @property {{ code: string, reason: string } | null} refused What the server will never take.
 * @property {{ code: number, reason: string } | null} closed Why the connection ended, while there is none.
 * @property {boolean} plain By plain requests: the network lets no socket through.
 *
 * @typedef {Object} Manners
 * @property {number} epoch The epoch that the document belongs to.
 * @property {Awareness} awareness
 * @property {unknown[]} [quiet] Origins of updates that are no new edits (what was loaded from this device).
 * @property {() => number} [random]
 *
 * @typedef {Manners & import("./ways.js").Places} Options
 */

const STEADY_AFTER_MS = 10_000;

/**
 * @extends {ObservableV2<{
 *   status: (status: Status) => void,
 *   synced: () => void,
 *   epoch: (epoch: number) => void,
 *   refused: (refusal: { code: string, reason: string }) => void,
 *   verdict: (verdict: number) => void,
 * }>}
 */
export class Provider extends ObservableV2 {
  /** @type {Status} */
  status = {
    phase: "idle",
    synced: false,
    retryAt: 0,
    role: null,
    unsaved: 0,
    unsavedSince: 0,
    savedAt: 0,
    trouble: null,
    refused: null,
    closed: null,
    plain: false,
  };
  /** @type {import("./line.js").Line | null} */
  #line = null;
  /** The server has said hello on this line. */
  #welcome = false;
  /** @type {Uint8Array | null} The server's state vector, while we owe it a difference. */
  #asked = null;
  /** @type {{ code: number, reason: string } | null} */
  #farewell = null;
  #openedAt = 0;
  /** A step 1 of ours is not answered yet. */
  #asking = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #doc;
  #options;
  #backoff;
  #ways;
  #outbox;
  #heartbeat;
  #sayPresence;

  /**
   * @param {Y.Doc} doc
   * @param {Options} options
   */
  constructor(doc, options) {
    super();
    this.#doc = doc;
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#ways = new Ways(options, () => this.retry());
    this.#outbox = new Outbox((update) => this.#send(protocol.update(update)));
    this.#heartbeat = new Heartbeat({
      probe: () => this.#send(protocol.queryAwareness()),
      dead: () => this.#lost({ code: 1006, reason: "no answer" }),
      loading: () => this.#asking,
    });
    this.#sayPresence = throttled(() => this.#send(protocol.awareness(ownState(options.awareness))));
    doc.on("update", this.#edited);
    options.awareness.on("update", this.#moved);
  }

  // --- What others may ask for ------------------------------------------------------------------------------------

  /** Begins, or tries at once instead of waiting. */
  connect = () => {
    if (this.#line) return;
    clearTimeout(this.#timer);
    this.#set({ phase: "connecting", retryAt: 0, closed: null, refused: null });
    this.#farewell = null;
    this.#welcome = false;
    this.#outbox.restart();
    const { awareness, epoch } = this.#options;
    // Yjs picks a new client id when it meets its own in somebody else's hands.
    awareness.clientID = this.#doc.clientID;
    this.#line = this.#ways.open(`epoch=${epoch}&client=${this.#doc.clientID}`, {
      opened: () => this.#opened(),
      received: (data) => this.#received(data),
      lost: (how) => this.#lost(how),
    });
  };

  /** The network changed, or the page is looked at again. */
  wake() {
    this.#ways.look();
    if (this.#line) this.#heartbeat.doubt();
    else if (this.status.phase === "waiting") this.connect();
  }

  /** Connects anew, and so offers everything once more that the server has not taken. */
  retry() {
    this.#drop();
    this.connect();
  }

  /** Offers the whole document once more, also what seems to be stored. */
  offer() {
    this.#outbox.noteEdit(Date.now());
    this.#count();
    this.retry();
  }

  /** Edits of earlier sessions that lie on this device and were never confirmed. @param {number} edits */
  noteEarlier(edits) {
    this.#outbox.noteEarlier(edits, Date.now());
    this.#count();
  }

  /**
   * Asks the server whether its text is ours.
   * @param {Uint8Array} vector
   * @param {number} deleted
   * @param {Uint8Array} hash
   */
  check(vector, deleted, hash) {
    if (this.settled) this.#send(protocol.check(vector, deleted, hash));
  }

  /** Connected, everything sent, everything answered. */
  get settled() {
    return this.status.phase === "live" && this.#outbox.quiet;
  }

  /** @override */
  destroy() {
    this.#doc.off("update", this.#edited);
    this.#options.awareness.off("update", this.#moved);
    this.#drop();
    this.status = { ...this.status, phase: "stopped" };
    super.destroy();
  }

  // --- What happens here ------------------------------------------------------------------------------------------

  /**
   * @param {Uint8Array} update
   * @param {unknown} origin
   */
  #edited = (update, origin) => {
    if (origin === this) return;
    const edits = this.#options.quiet?.includes(origin) ? 0 : 1;
    if (edits) this.#outbox.noteEdit(Date.now());
    // In the other phases it will be in the difference that the server asks for.
    if (this.status.phase === "live" && !this.status.refused) this.#outbox.post(update, edits);
    if (edits) this.#count();
  };

  /**
   * @param {{ added: number[], updated: number[], removed: number[] }} changes
   * @param {unknown} origin
   */
  #moved = ({ added, updated, removed }, origin) => {
    if (origin !== this && [...added, ...updated, ...removed].includes(this.#doc.clientID)) this.#sayPresence();
  };

  // --- The line ---------------------------------------------------------------------------------------------------

  #opened() {
    this.#openedAt = Date.now();
    this.#heartbeat.start();
    this.#set({ phase: "syncing", plain: this.#ways.plain });
    this.#introduce();
  }

  #introduce() {
    this.#ask();
    this.#sayPresence();
  }

  #ask() {
    this.#asking = true;
    this.#send(protocol.step1(Y.encodeStateVector(this.#doc)));
  }

  /** @param {unknown} data */
  #received(data) {
    this.#heartbeat.heard();
    if (!(data instanceof ArrayBuffer)) return;
    try {
      this.#handle(protocol.read(new Uint8Array(data)));
    } catch (error) {
      // Without this message the document would wait for it for ever. A new connection brings the whole difference.
      console.error("A frame could not be read", error);
      this.#lost({ code: 1006, reason: "a frame could not be read" });
    }
  }

  /** @param {ServerMessage} message */
  #handle(message) {
    switch (message.type) {
      case "hello":
        return this.#greeted(message.epoch, message.role);
      case "access":
        return this.#set({ role: message.role });
      case "step1":
        return this.#askedFor(message.vector);
      case "update":
        return this.#told(message.update, message.answer);
      case "awareness":
        return hear(this.#options.awareness, message.update, this) ? this.#sayPresence() : undefined;
      case "query-awareness":
        return this.#sayPresence();
      case "stored":
        return this.#stored(message.count, message.time);
      case "resync":
        return this.#resync(message.number);
      case "refused":
        return this.#refused(message.number, { code: message.code, reason: message.reason });
      case "trouble":
        return this.#set({ trouble: message.code ? { code: message.code, reason: message.reason } : null });
      case "check":
        return this.emit("verdict", [message.verdict]);
      case "closing":
        this.#farewell = { code: message.code, reason: message.reason };
    }
  }

  /**
   * @param {number} epoch
   * @param {Role} role
   */
  #greeted(epoch, role) {
    this.#set({ role, trouble: null });
    if (epoch !== this.#options.epoch) this.emit("epoch", [epoch]);
    // Behind plain requests there may be several servers, and this one does not know us yet.
    else if (this.#welcome) this.#introduce();
    this.#welcome = true;
  }

  /** @param {Uint8Array} vector */
  #askedFor(vector) {
    this.#asked = vector;
    if (this.status.phase === "live") this.#holdBack();
    this.#answer();
  }

  /**
   * Sends what the server lacks, once every message on its way has been dealt with: before that its state vector may
   * already be old, and the difference would overlap with what is on its way.
   */
  #answer() {
    if (!this.#asked || !this.#outbox.quiet || this.status.phase !== "syncing" || this.status.refused) return;
    const vector = this.#asked;
    this.#asked = null;
    const { unsaved } = this.#outbox;
    const difference = Y.encodeStateAsUpdate(this.#doc, vector);
    if (unsaved || Y.decodeUpdate(difference).structs.length) {
      const waiting = this.#doc.store.pendingStructs || this.#doc.store.pendingDs;
      const have = waiting ? Y.decodeStateVector(Y.encodeStateVector(this.#doc)) : undefined;
      this.#outbox.post(difference, unsaved, have);
    }
    this.#set({ phase: "live" });
    this.#count();
  }

  #holdBack() {
    this.#outbox.hold();
    this.#set({ phase: "syncing" });
  }

  /**
   * @param {Uint8Array} update
   * @param {boolean} isAnswer
   */
  #told(update, isAnswer) {
    Y.applyUpdate(this.#doc, update, this);
    if (isAnswer) this.#asking = false;
    if (isAnswer && !this.status.synced) {
      this.#set({ synced: true });
      this.emit("synced", []);
    }
    // The server sends in causal order, so nothing should be missing. But it must never stay missing.
    else if (this.#doc.store.pendingStructs && !this.#asking) this.#ask();
  }

  /** @param {number} count @param {number} time */
  #stored(count, time) {
    this.#outbox.stored(count, time);
    this.#count();
    this.#answer();
  }

  /** @param {number} number */
  #resync(number) {
    // The step 1 that follows is newer than any we kept.
    this.#asked = null;
    this.#outbox.returned(number);
    this.#holdBack();
  }

  /**
   * @param {number} number
   * @param {{ code: string, reason: string }} refusal
   */
  #refused(number, refusal) {
    this.#outbox.returned(number);
    this.#outbox.hold();
    // What came after leans on it, so nothing more is sent before somebody decides.
    this.#set({ refused: refusal });
    this.emit("refused", [refusal]);
  }

  /** @param {Uint8Array} frame */
  #send(frame) {
    this.#line?.send(frame);
  }

  /** @param {{ code: number, reason: string }} how */
  #lost(how) {
    const said = this.#farewell ?? how;
    this.#drop();
    const { again, atLeast } = afterClose(said.code);
    if (!again) return this.#set({ phase: "stopped", closed: said });
    if (this.#openedAt && Date.now() - this.#openedAt > STEADY_AFTER_MS) this.#backoff.reset();
    this.#openedAt = 0;
    const delay = this.#backoff.next(atLeast);
    this.#timer = setTimeout(this.connect, delay);
    this.#set({ phase: "waiting", closed: said, retryAt: Date.now() + delay, trouble: null });
  }

  /** Lets go of the line without a word to anybody. */
  #drop() {
    clearTimeout(this.#timer);
    this.#heartbeat.stop();
    this.#sayPresence.cancel();
    this.#outbox.restart();
    this.#asked = null;
    this.#line?.drop();
    this.#line = null;
    this.#ways.rest();
    forgetOthers(this.#options.awareness, this);
  }

  #count() {
    const { unsaved, unsavedSince, savedAt } = this.#outbox;
    this.#set({ unsaved, unsavedSince, savedAt });
  }

  /** @param {Partial<Status>} change */
  #set(change) {
    this.status = { ...this.status, ...change };
    this.emit("status", [this.status]);
  }
}

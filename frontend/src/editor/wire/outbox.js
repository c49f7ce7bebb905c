// What goes out, and what of it the server has dealt with. It never counts an edit as stored before the server said so.
import * as Y from "yjs";
import { chunks } from "./chunks.js";
import { Pace } from "./pace.js";

/** Bytes of one update message. The server's FRAME_BYTES is 256 KiB; half leaves room for any overhead. */
export const CHUNK_BYTES = 128 * 1024;
const NOTHING = new Uint8Array([0, 0]);

/**
 * @typedef {{ update: Uint8Array, edits: number }} Parcel `edits`: how many edits are stored once this parcel is.
 */

export class Outbox {
  /** Edits made here that no database has confirmed. */
  unsaved = 0;
  /** When the oldest of them was made (ms), 0 if there is none. */
  unsavedSince = 0;
  /** When the database last answered (Unix ms), 0 if never. */
  savedAt = 0;
  /** @type {Parcel[]} */
  #waiting = [];
  /** @type {Map<number, number>} Number of a sent message to its edits. */
  #flying = new Map();
  #sent = 0;
  #pace = new Pace();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #send;

  /** @param {(update: Uint8Array) => void} send Sends one update message on the open connection. */
  constructor(send) {
    this.#send = send;
  }

  /** Nothing sent is without an answer, and nothing waits to be sent. */
  get quiet() {
    return this.#flying.size === 0 && this.#waiting.length === 0;
  }

  /** One more edit was made here. @param {number} now */
  noteEdit(now) {
    this.unsaved += 1;
    this.unsavedSince ||= now;
  }

  /**
   * Edits of earlier sessions, found on this device.
   * @param {number} edits
   * @param {number} now
   */
  noteEarlier(edits, now) {
    this.unsaved += edits;
    if (edits) this.unsavedSince ||= now;
  }

  /**
   * Queues an update. `edits` are stored when the whole of it is.
   * @param {Uint8Array} update
   * @param {number} edits
   * @param {Map<number, number>} [have] See chunks().
   */
  post(update, edits, have) {
    const parts = chunks(update, CHUNK_BYTES, have);
    // Even nothing is sent: only an answer from the database makes an edit stored.
    if (!parts.length && edits) parts.push(NOTHING);
    parts.forEach((part, index) => {
      this.#waiting.push({ update: part, edits: index === parts.length - 1 ? edits : 0 });
    });
    this.#pump();
  }

  /** @param {number} count @param {number} time Unix ms */
  stored(count, time) {
    let edits = 0;
    for (const [number, carried] of this.#flying) {
      if (number > count) continue;
      edits += carried;
      this.#flying.delete(number);
    }
    this.savedAt = time;
    this.#settle(edits);
  }

  /**
   * The server did not take message `number`: its edits are still unsaved.
   * @param {number} number
   */
  returned(number) {
    this.#flying.delete(number);
  }

  /** Takes back what was queued and not sent; it will be in the next difference. */
  hold() {
    this.#waiting = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A new connection counts from 1. */
  restart() {
    this.hold();
    this.#flying.clear();
    this.#sent = 0;
    this.#pace = new Pace();
  }

  /** @param {number} edits */
  #settle(edits) {
    this.unsaved = Math.max(0, this.unsaved - edits);
    if (!this.unsaved) this.unsavedSince = 0;
  }

  #pump() {
    if (this.#timer) return;
    while (this.#waiting.length && this.#pace.take()) this.#ship();
    if (!this.#waiting.length) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#waiting = joined(this.#waiting);
      this.#pump();
    }, this.#pace.wait);
  }

  #ship() {
    const parcel = this.#waiting.shift();
    if (!parcel) return;
    this.#sent += 1;
    this.#flying.set(this.#sent, parcel.edits);
    this.#send(parcel.update);
  }
}

/**
 * Faster than a frame may be sent: neighbours travel together.
 * @param {Parcel[]} parcels
 * @returns {Parcel[]}
 */
function joined(parcels) {
  /** @type {Parcel[]} */
  const result = [];
  /** @type {Parcel[]} */
  let run = [];
  let bytes = 0;
  const close = () => {
    if (!run.length) return;
    const update = run.length === 1 ? /** @type {Parcel} */ (run[0]).update : Y.mergeUpdates(run.map((p) => p.update));
    result.push({ update, edits: run.reduce((sum, parcel) => sum + parcel.edits, 0) });
    run = [];
    bytes = 0;
  };
  for (const parcel of parcels) {
    if (bytes + parcel.update.length > CHUNK_BYTES) close();
    run.push(parcel);
    bytes += parcel.update.length;
  }
  close();
  return result;
}

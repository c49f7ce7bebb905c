// Writes a document to this device as it changes, and knows whether that worked.
import { ObservableV2 } from "lib0/observable";
import * as Y from "yjs";
import { within } from "../../lib/within.js";
import { Device } from "./device.js";

const PACK_ABOVE = 300;
const LOAD_WITHIN_MS = 2000;

/**
 * @typedef {Object} Plan
 * @property {Device | null} device
 * @property {string} note
 * @property {number} epoch
 */

/** @extends {ObservableV2<{ change: () => void }>} */
export class Keeper extends ObservableV2 {
  /** Everything that the document holds is on the device. */
  durable = false;
  /** Edits of earlier sessions that no database confirmed, as found when the document was loaded. */
  earlier = 0;
  #doc;
  #device;
  #kept;
  #session;
  /** @type {Uint8Array[]} */
  #waiting = [];
  /** @type {string[]} */
  #marks = [];
  #unsaved = 0;
  #written = 0;
  #rows = 0;
  #writing = false;
  #gone = false;

  /**
   * @param {Y.Doc} doc
   * @param {Plan} plan
   */
  constructor(doc, { device, note, epoch }) {
    super();
    this.#doc = doc;
    this.#device = device;
    this.#kept = { key: Device.key(note, epoch), note, epoch, at: Date.now() };
    this.#session = String(doc.clientID);
    doc.on("update", this.#changed);
    device?.on("gone", this.#lost);
  }

  /** What is written from now on goes to the device, as far as anybody knows. */
  get keeps() {
    return this.#device !== null;
  }

  /**
   * Reads what the device has. Never fails and never hangs: without a device the note is simply not kept.
   * @returns {Promise<void>}
   */
  async load() {
    if (!this.#device) return;
    try {
      await within(LOAD_WITHIN_MS, this.#read(this.#device));
    } catch {
      this.#lost();
    }
  }

  /** @param {Device} device */
  async #read(device) {
    const { updates, unsaved, marks } = await device.load(this.#kept.key);
    if (this.#gone) return;
    this.#rows = updates.length;
    this.#marks = marks;
    this.earlier = unsaved;
    Y.transact(this.#doc, () => updates.forEach((update) => Y.applyUpdate(this.#doc, update, this)), this, false);
    // A device that answered too late was given up: what it has is taken, and nothing more is kept there.
    this.#setDurable(this.#device !== null && this.#waiting.length === 0);
    if (updates.length > PACK_ABOVE && !this.#gone) await this.#pack(device);
  }

  /**
   * How many edits the database has not confirmed. 0 also settles what earlier sessions left.
   * @param {number} edits
   */
  setUnsaved(edits) {
    this.#unsaved = edits;
    if (edits !== this.#written) this.#write();
    if (edits === 0 && this.#marks.length) {
      this.#device?.settle(this.#marks.splice(0)).catch(() => this.#lost());
    }
  }

  /** Forgets the document on this device. */
  async forget() {
    this.destroy();
    await this.#device?.forget(this.#kept.key).catch(() => {});
  }

  /** @override */
  destroy() {
    this.#gone = true;
    this.#doc.off("update", this.#changed);
    this.#device?.off("gone", this.#lost);
    super.destroy();
  }

  /**
   * @param {Uint8Array} update
   * @param {unknown} origin
   */
  #changed = (update, origin) => {
    if (origin === this || !this.#device) return;
    this.#waiting.push(update);
    this.#setDurable(false);
    this.#write();
  };

  /** One transaction at a time; what comes meanwhile goes into the next. */
  async #write() {
    const device = this.#device;
    if (this.#writing || !device) return;
    this.#writing = true;
    try {
      while (!this.#gone && this.#behind) {
        const updates = this.#waiting.splice(0);
        const edits = this.#unsaved;
        await device.append(this.#kept, updates, { session: this.#session, edits });
        this.#written = edits;
        this.#rows += updates.length;
        if (!this.#waiting.length) this.#setDurable(true);
        if (this.#rows > 2 * PACK_ABOVE && !this.#gone) await this.#pack(device);
      }
    } catch {
      this.#lost();
    } finally {
      this.#writing = false;
    }
  }

  get #behind() {
    return this.#waiting.length > 0 || this.#unsaved !== this.#written;
  }

  /** @param {Device} device */
  async #pack(device) {
    await device.pack(this.#kept.key, merged);
    this.#rows = 1;
  }

  /** The device is full, or took the database away. */
  #lost = () => {
    if (!this.#device) return;
    this.#device.off("gone", this.#lost);
    this.#device = null;
    this.durable = false;
    this.emit("change", []);
  };

  /** @param {boolean} durable */
  #setDurable(durable) {
    if (this.durable === durable) return;
    this.durable = durable;
    this.emit("change", []);
  }
}

/** @param {Uint8Array[]} updates */
function merged(updates) {
  const doc = new Y.Doc();
  Y.transact(doc, () => updates.forEach((update) => Y.applyUpdate(doc, update)));
  // Without the missing piece a document forgets what waits for it; merging keeps it.
  const whole = doc.store.pendingStructs || doc.store.pendingDs ? Y.mergeUpdates(updates) : Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return whole;
}

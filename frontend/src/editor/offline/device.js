// What this browser keeps of a user's notes: their updates, how many edits are not stored yet, and drafts.
// Not y-indexeddb: it cannot tell when (or that) something was written, and the light must not promise what is not so.
import { ObservableV2 } from "lib0/observable";
import { within } from "../../lib/within.js";

/**
 * @typedef {Object} Draft Text that the note itself does not hold.
 * @property {number} [id]
 * @property {string} note
 * @property {string} title
 * @property {string} text
 * @property {number} at Unix ms
 * @property {string} reason See drafts.js
 *
 * @typedef {{ key: string, note: string, epoch: number, at: number }} Kept A document on this device.
 * @typedef {{ updates: Uint8Array[], unsaved: number, marks: string[] }} Loaded
 */

const VERSION = 1;
const DAY_MS = 86_400_000;
const FORGET_AFTER_MS = 90 * DAY_MS;
const PREFIX = "commonplace:";
const OPEN_WITHIN_MS = 2000;

/** @extends {ObservableV2<{ gone: () => void }>} `gone`: the browser keeps nothing more here. */
export class Device extends ObservableV2 {
  #db;

  /** @param {IDBDatabase} db */
  constructor(db) {
    super();
    this.#db = db;
    // Another tab wants to delete or upgrade the database (whoever signs out does): do not stand in its way.
    db.onversionchange = () => {
      db.close();
      this.emit("gone", []);
    };
    db.onclose = () => this.emit("gone", []);
  }

  /**
   * @param {string} userId One database for each user: people share computers.
   * @returns {Promise<Device | null>} null: this browser keeps nothing (private window, storage switched off).
   */
  static async open(userId) {
    try {
      const request = indexedDB.open(PREFIX + userId, VERSION);
      request.onupgradeneeded = () => lay(request.result);
      return new Device(await within(OPEN_WITHIN_MS, asked(request)));
    } catch {
      return null;
    }
  }

  /**
   * @param {string} note
   * @param {number} epoch
   */
  static key(note, epoch) {
    return `${note}/${epoch}`;
  }

  /**
   * @param {string} key
   * @returns {Promise<Loaded>}
   */
  async load(key) {
    const transaction = this.#db.transaction(["updates", "unsaved"]);
    const rows = asked(transaction.objectStore("updates").index("key").getAll(key));
    const marks = await asked(transaction.objectStore("unsaved").index("key").getAll(key));
    return {
      updates: (await rows).map((row) => row.update),
      unsaved: marks.reduce((sum, mark) => sum + mark.edits, 0),
      marks: marks.map((mark) => mark.id),
    };
  }

  /**
   * Adds updates and says how many edits of one session are not stored. Resolves when both are on the device.
   * @param {Kept} kept
   * @param {Uint8Array[]} updates
   * @param {{ session: string, edits: number }} unsaved
   */
  async append(kept, updates, { session, edits }) {
    const transaction = this.#db.transaction(["documents", "updates", "unsaved"], "readwrite");
    const ended = end(transaction);
    transaction.objectStore("documents").put(kept);
    for (const update of updates) transaction.objectStore("updates").add({ key: kept.key, update });
    const id = `${kept.key}/${session}`;
    if (edits) transaction.objectStore("unsaved").put({ id, key: kept.key, edits });
    else transaction.objectStore("unsaved").delete(id);
    await ended;
  }

  /** What these sessions left behind is stored now. @param {string[]} marks */
  async settle(marks) {
    const transaction = this.#db.transaction("unsaved", "readwrite");
    const ended = end(transaction);
    for (const id of marks) transaction.objectStore("unsaved").delete(id);
    await ended;
  }

  /**
   * Puts one update in the place of all that a document has.
   * @param {string} key
   * @param {(updates: Uint8Array[]) => Uint8Array} merge Must not wait: a transaction that idles is over.
   */
  async pack(key, merge) {
    const transaction = this.#db.transaction("updates", "readwrite");
    const ended = end(transaction);
    const store = transaction.objectStore("updates");
    const keys = await asked(store.index("key").getAllKeys(key));
    const rows = await asked(store.index("key").getAll(key));
    const update = merge(rows.map((row) => row.update));
    for (const row of keys) store.delete(row);
    store.add({ key, update });
    await ended;
  }

  /** Forgets a document. @param {string} key */
  async forget(key) {
    const transaction = this.#db.transaction(["documents", "updates", "unsaved"], "readwrite");
    const ended = end(transaction);
    transaction.objectStore("documents").delete(key);
    for (const name of ["updates", "unsaved"]) {
      const store = transaction.objectStore(name);
      for (const row of await asked(store.index("key").getAllKeys(key))) store.delete(row);
    }
    await ended;
  }

  /** The documents kept of a note, one for each epoch. @param {string} note @returns {Promise<Kept[]>} */
  async kept(note) {
    return asked(this.#db.transaction("documents").objectStore("documents").index("note").getAll(note));
  }

  /** How many edits, in any note, are on this device only. */
  async unsaved() {
    const marks = await asked(this.#db.transaction("unsaved").objectStore("unsaved").getAll());
    return marks.reduce((sum, mark) => sum + mark.edits, 0);
  }

  /** Forgets what has not been opened for long and is stored anyway. @param {number} now */
  async sweep(now) {
    const documents = await asked(this.#db.transaction("documents").objectStore("documents").getAll());
    for (const { key, at } of documents) {
      if (now - at > FORGET_AFTER_MS && !(await this.load(key)).unsaved) await this.forget(key);
    }
  }

  /** @param {Draft} draft @returns {Promise<number>} */
  async addDraft(draft) {
    const transaction = this.#db.transaction("drafts", "readwrite");
    const ended = end(transaction);
    const id = await asked(transaction.objectStore("drafts").add(draft));
    await ended;
    return Number(id);
  }

  /** @param {string} note @returns {Promise<Draft[]>} */
  async drafts(note) {
    return asked(this.#db.transaction("drafts").objectStore("drafts").index("note").getAll(note));
  }

  /** @param {number} id */
  async removeDraft(id) {
    const transaction = this.#db.transaction("drafts", "readwrite");
    const ended = end(transaction);
    transaction.objectStore("drafts").delete(id);
    await ended;
  }

  close() {
    this.#db.close();
  }
}

/** @param {IDBDatabase} db */
function lay(db) {
  db.createObjectStore("documents", { keyPath: "key" }).createIndex("note", "note");
  db.createObjectStore("updates", { autoIncrement: true }).createIndex("key", "key");
  db.createObjectStore("unsaved", { keyPath: "id" }).createIndex("key", "key");
  db.createObjectStore("drafts", { keyPath: "id", autoIncrement: true }).createIndex("note", "note");
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function end(transaction) {
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  // Whoever fails before it waits for the end must not leave an unhandled rejection behind.
  ended.catch(() => {});
  return /** @type {Promise<void>} */ (ended);
}

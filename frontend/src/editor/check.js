// From time to time the server is asked whether its text is ours. If they ever differ, people must know at once.
import * as Y from "yjs";
import { VERDICT } from "./wire/protocol.js";

const EVERY_MS = 10_000;
/** How often in a row the server may answer "not now" to the same question before that is taken for an answer. */
const PATIENCE = 3;

/**
 * @typedef {import("./wire/provider.js").Provider} Provider
 */

/**
 * UTF-16 units of a document that are deleted, as the server counts them.
 * @param {Y.Doc} doc
 */
export function deletedUnits(doc) {
  let units = 0;
  for (const structs of doc.store.clients.values()) {
    for (const struct of structs) if (struct.deleted) units += struct.length;
  }
  return units;
}

/**
 * SHA-256 of a text in UTF-8.
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 */
export async function hashOf(text) {
  const bytes = new TextEncoder().encode(text);
  // Browsers offer it on https and localhost only.
  if (globalThis.crypto?.subtle) return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const { sha256 } = await import("@noble/hashes/sha2.js");
  return sha256(bytes);
}

export class Checker {
  #doc;
  #text;
  #provider;
  #onDifferent;
  /** Grows with every change. */
  #version = 1;
  /** What the server was last asked about, and what it last found equal. */
  #asked = 0;
  #equal = 0;
  /** How often in a row it could not compare, although nothing changed here, and what was done about it. */
  #notNow = 0;
  #offered = false;
  #timer;

  /**
   * @param {Y.Text} text
   * @param {Provider} provider
   * @param {() => void} onDifferent
   */
  constructor(text, provider, onDifferent) {
    this.#text = text;
    this.#doc = /** @type {Y.Doc} */ (text.doc);
    this.#provider = provider;
    this.#onDifferent = onDifferent;
    this.#doc.on("update", this.#changed);
    provider.on("verdict", this.#judge);
    this.#timer = setInterval(() => this.ask(), EVERY_MS);
  }

  /** Asks, if there is something to ask and the server could compare. */
  async ask() {
    const { status, settled } = this.#provider;
    if (this.#version === this.#equal || !settled || status.unsaved || !status.synced) return;
    this.#asked = this.#version;
    const vector = Y.encodeStateVector(this.#doc);
    const deleted = deletedUnits(this.#doc);
    const hash = await hashOf(this.#text.toString());
    // If somebody wrote meanwhile the server finds that by itself, and says so.
    this.#provider.check(vector, deleted, hash);
  }

  destroy() {
    clearInterval(this.#timer);
    this.#doc.off("update", this.#changed);
    this.#provider.off("verdict", this.#judge);
  }

  #changed = () => {
    this.#version += 1;
    this.#notNow = 0;
  };

  /** "Not now", or no answer at all: it is asked again next time. @param {number} verdict */
  #judge = (verdict) => {
    if (verdict === VERDICT.DIFFERENT) this.#onDifferent();
    else if (verdict === VERDICT.NOT_NOW) this.#wonder();
    else {
      this.#equal = this.#asked;
      this.#notNow = 0;
      this.#offered = false;
    }
  };

  /**
   * In a quiet note "not now" means that one of us has something that the other lacks: a deletion, perhaps, that was
   * taken for stored. The server is offered everything once more; if that does not help, people must know.
   */
  #wonder() {
    this.#notNow += 1;
    if (this.#notNow < PATIENCE || this.#provider.status.trouble) return;
    this.#notNow = 0;
    if (this.#offered) return this.#onDifferent();
    this.#offered = true;
    this.#provider.offer();
  }
}

// Texts that the note does not hold: kept until somebody has looked at them. Nothing typed is lost.

/**
 * @typedef {import("../offline/device.js").Device} Device
 * @typedef {import("../offline/device.js").Draft} Draft
 *
 * @typedef {"epoch" | "different" | "refused" | "read-only" | "earlier" | "lost"} Reason
 */

/** @type {Record<Reason, string>} */
export const REASONS = {
  epoch: "This note was begun anew. The text as you had it is kept.",
  different: "Your text and the server’s differed. Both are kept: the server’s is in the note, yours is here.",
  refused: "The server could not take what you wrote. Your text is kept.",
  "read-only": "You may no longer write here. What you wrote last is not in the note; your text is kept.",
  lost: "This note was restored from a backup, and here is more than the backup has. The text as it was here is kept.",
  earlier: "You wrote here before the note was begun anew, and it was never saved. Your text is kept.",
};

/** Where drafts lie when the browser has no database: better than nothing, and small. */
const SHELF = "commonplace:drafts:";

export class Drafts {
  #device;
  #note;
  /** @type {Draft[]} */
  #here = [];

  /**
   * @param {Device | null} device
   * @param {string} note
   */
  constructor(device, note) {
    this.#device = device;
    this.#note = note;
    this.#here = readShelf(SHELF + note);
  }

  /**
   * @param {{ title: string, text: string, reason: Reason }} draft
   * @returns {Promise<Draft>}
   */
  async keep({ title, text, reason }) {
    /** @type {Draft} */
    const draft = { note: this.#note, title, text, reason, at: Date.now() };
    try {
      if (!this.#device) throw new Error("no device");
      return { ...draft, id: await this.#device.addDraft(draft) };
    } catch {
      this.#here.push(draft);
      this.#writeShelf();
      return draft;
    }
  }

  /** @returns {Promise<Draft[]>} The latest first. */
  async all() {
    const kept = (await this.#device?.drafts(this.#note).catch(() => [])) ?? [];
    return [...kept, ...this.#here].sort((a, b) => b.at - a.at);
  }

  /** @param {Draft} draft */
  async remove(draft) {
    if (draft.id !== undefined) return this.#device?.removeDraft(draft.id);
    this.#here = this.#here.filter((other) => other !== draft);
    return this.#writeShelf();
  }

  #writeShelf() {
    try {
      if (this.#here.length) localStorage.setItem(SHELF + this.#note, JSON.stringify(this.#here));
      else localStorage.removeItem(SHELF + this.#note);
    } catch {
      // Then it lives as long as this page: the notice offers to copy and download it.
    }
  }
}

/** @param {string} key @returns {Draft[]} */
function readShelf(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

// "Ben is writing": who changed the text a moment ago.
import { announce } from "../../lib/announce.js";

/**
 * @typedef {import("yjs").Doc} Doc
 * @typedef {import("yjs").Transaction} Transaction
 * @typedef {import("y-protocols/awareness").Awareness} Awareness
 */

const WRITES_FOR_MS = 3000;
const ANNOUNCE_EVERY_MS = 30_000;

/**
 * @param {string[]} names
 */
export function sentence(names) {
  if (!names.length) return "";
  if (names.length === 1) return `${names[0]} is writing`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are writing`;
  return `${names[0]} and ${names.length - 1} others are writing`;
}

export class Writing {
  /** @type {Map<string, { name: string, colour: number, until: number }>} */
  #writers = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #announcedAt = -Infinity;
  #shown = "";
  #place;
  #doc;
  #awareness;
  #me;

  /**
   * @param {Element | null} place
   * @param {Doc} doc
   * @param {Awareness} awareness
   * @param {string} me Public id of the reader.
   */
  constructor(place, doc, awareness, me) {
    this.#place = place;
    this.#doc = doc;
    this.#awareness = awareness;
    this.#me = me;
    doc.on("afterTransaction", this.#changed);
  }

  destroy() {
    clearTimeout(this.#timer);
    this.#doc.off("afterTransaction", this.#changed);
    this.#writers.clear();
    this.#show();
  }

  /** @param {Transaction} transaction */
  #changed = ({ local, beforeState, afterState }) => {
    if (local) return;
    const now = Date.now();
    for (const [client, clock] of afterState) {
      if (beforeState.get(client) === clock) continue;
      const user = this.#awareness.getStates().get(client)?.user;
      if (!user || user.id === this.#me) continue;
      this.#writers.set(user.id, { name: String(user.name), colour: Number(user.colour), until: now + WRITES_FOR_MS });
    }
    this.#show();
  };

  #show() {
    const now = Date.now();
    for (const [id, { until }] of this.#writers) if (until <= now) this.#writers.delete(id);
    const writers = [...this.#writers.values()];
    const words = sentence(writers.map(({ name }) => name));
    clearTimeout(this.#timer);
    if (writers.length) this.#timer = setTimeout(() => this.#show(), 500);
    if (words === this.#shown) return;
    this.#shown = words;
    if (this.#place) {
      this.#place.textContent = words;
      this.#place.className = writers[0] ? `writing p${writers[0].colour}` : "writing";
    }
    // Enough to know that the text moves; every letter would drown everything else.
    if (words && now - this.#announcedAt > ANNOUNCE_EVERY_MS) {
      this.#announcedAt = now;
      announce(`${words}.`);
    }
  }
}

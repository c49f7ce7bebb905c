// Somebody who types, comes back by themselves when the line breaks, and remembers: what they typed, what they were told
// is stored, what they saw of others, and when. realtime/tests/faults/history.py judges what the witnesses say.
import { LOCAL } from "./peer.js";
import { Random } from "./random.js";

/** @typedef {import("./peer.js").Peer} Peer */
/** @typedef {{ url: string, origin: string }} Home */

const TOKEN = /<(\d+):(\d+)>/g;
const ERASES = 0.04;
const WANDERS = 0.25;
const FILLERS = ["", "", " ", "\n", "é", "🌊", "👩‍👩‍👧‍👦"];
const PAUSE_MS = { least: 50, most: 400 };
// A server that is frozen takes connections and says nothing.
const GREETING_MS = 4_000;

export class Witness {
  /**
   * @param {Peer} peer
   * @param {{ author: number, every: number, seed: number, homes: Home[] }} options `every`: milliseconds between two
   *   tokens, 0 for somebody who only reads; `homes`: the servers that they try in turn.
   */
  constructor(peer, { author, every, seed, homes }) {
    this.peer = peer;
    this.author = author;
    this.writes = every > 0;
    this.homes = homes;
    this.random = new Random(seed);
    this.number = 0;
    this.last = "";
    this.ended = false;
    this.returning = false;
    /** Tokens that are not known to be stored, and the clock that each ends with. */
    /** @type {{ token: string, clock: number }[]} */
    this.open = [];
    /** How many tokens were said to be stored. */
    this.stored = 0;
    /** @type {[string, string[], number][]} */
    this.told = [];
    /** The codes with which connections ended; not those of attempts that failed. */
    /** @type {number[]} */
    this.ends = [];
    /** By author: the number of the latest token that they saw. */
    /** @type {Record<string, number>} */
    this.latest = {};
    peer.watchers.push(() => this.#look());
    // As it came over the wire: what Yjs would say of it costs a walk through the whole text.
    peer.onHeard = (update) => this.#see(Buffer.from(update).toString("latin1"));
    this.timer = every ? setInterval(() => this.#type(), every * (0.75 + this.random.next() / 2)) : undefined;
    this.#look();
  }

  /** Types no more, and stays. */
  rest() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Neither types nor comes back by themselves any more. */
  end() {
    this.rest();
    this.ended = true;
  }

  get summary() {
    const { author, writes, stored, number, latest, ends } = this;
    return { author, writes, stored, typed: number, latest, ends, online: this.peer.online };
  }

  /**
   * @param {string} what
   * @param {string[]} which
   */
  #note(what, which) {
    this.told.push([what, which, Date.now()]);
  }

  // --- Typing ------------------------------------------------------------------------------------------------------

  #type() {
    if (this.number > 2 && this.random.maybe(ERASES)) this.#erase(this.number - 1);
    const text = this.peer.text.toString();
    this.number += 1;
    const token = `<${this.author}:${this.number}>`;
    this.#note("typed", [token]);
    const at = this.#place(text);
    this.peer.doc.transact(() => this.peer.text.insert(at, token + this.random.pick(FILLERS)), LOCAL);
    this.last = token;
    this.open.push({ token, clock: this.#clock() });
  }

  /**
   * Always behind what they typed before, and never inside a token.
   * @param {string} text
   */
  #place(text) {
    const own = this.last ? text.lastIndexOf(this.last) + this.last.length : 0;
    if (this.last && !this.random.maybe(WANDERS)) return own;
    const end = text.indexOf(">", own + this.random.int(text.length - own + 1));
    return end < 0 ? text.length : end + 1;
  }

  /** @param {number} number */
  #erase(number) {
    const token = `<${this.author}:${number}>`;
    const at = this.peer.text.toString().indexOf(token);
    if (at < 0) return;
    this.#note("erased", [token]);
    this.peer.doc.transact(() => this.peer.text.delete(at, token.length), LOCAL);
  }

  #clock() {
    const { clientID, store } = this.peer.doc;
    const structs = store.clients.get(clientID) ?? [];
    const latest = structs[structs.length - 1];
    return latest ? latest.id.clock + latest.length : 0;
  }

  // --- Hearing -----------------------------------------------------------------------------------------------------

  #look() {
    const stored = [];
    while (this.open.length && this.open[0].clock <= this.peer.acked) {
      stored.push(/** @type {{ token: string }} */ (this.open.shift()).token);
    }
    if (stored.length) this.#note("acked", stored);
    this.stored += stored.length;
    if (!this.peer.socket && !this.returning && !this.ended) void this.#return();
  }

  /** @param {string} heard */
  #see(heard) {
    const own = `<${this.author}:`;
    const others = (heard.match(TOKEN) ?? []).filter((token) => !token.startsWith(own));
    if (others.length) this.#note("seen", others);
    for (const [, author, number] of others.join("").matchAll(TOKEN)) {
      this.latest[author] = Math.max(this.latest[author] ?? 0, Number(number));
    }
  }

  async #return() {
    this.returning = true;
    this.ends.push(...this.peer.closes.slice(-1));
    for (let times = 0; !this.ended && !this.peer.online; times += 1) {
      await new Promise((resolve) => setTimeout(resolve, this.random.between(PAUSE_MS.least, PAUSE_MS.most)));
      if (this.ended) break;
      // First where they were.
      if (times % 2) this.#moveOn();
      await this.#try();
    }
    this.returning = false;
  }

  #moveOn() {
    const at = this.homes.findIndex((home) => home.url === this.peer.options.url);
    Object.assign(this.peer.options, this.homes[(at + 1) % this.homes.length]);
  }

  async #try() {
    const giveUp = setTimeout(() => this.peer.leave({ rudely: true }), GREETING_MS);
    try {
      await this.peer.connect();
    } catch {
      // Not yet.
    } finally {
      clearTimeout(giveUp);
    }
  }
}

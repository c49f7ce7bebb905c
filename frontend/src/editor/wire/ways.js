// Which way leads to the server: a WebSocket, or plain requests where the network lets none through.
import { Calls } from "./calls.js";
import { Line } from "./line.js";
import { SUBPROTOCOL } from "./protocol.js";

/** So many sockets fail before requests are tried. */
const PATIENCE = 2;
const OPENS_WITHIN_MS = 15_000;
/** While nobody knows whether sockets pass at all. Some networks refuse them, others just never answer. */
const FIRST_WITHIN_MS = 6_000;
/** When it is looked whether sockets pass now: soon, since a server that was away looks the same, then ever later. */
const LOOK_FIRST_MS = 10_000;
const LOOK_LAST_MS = 300_000;
const LOOK_PAUSE_MS = 5_000;

/**
 * @typedef {import("./line.js").Hopes} Hopes
 *
 * @typedef {Object} Places
 * @property {string} url The note's socket, without a query.
 * @property {string} [plain] Where plain requests go, without a query.
 * @property {typeof globalThis.WebSocket} [WebSocket]
 * @property {import("./calls.js").Fetch} [fetch]
 * @property {import("./memory.js").Memory} [memory]
 */

export class Ways {
  /** The line that was opened last is one of plain requests. */
  plain = false;
  /** A socket was open once: then its way is not blocked, however often it breaks. */
  #passed = false;
  #failed;
  #lookedAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Line | null} */
  #probe = null;
  #places;
  #memory;
  #better;

  /**
   * @param {Places} places
   * @param {() => void} better Called when sockets pass, and the open line is not one.
   */
  constructor(places, better) {
    this.#places = places;
    this.#memory = places.memory ?? { blocked: false };
    this.#failed = this.#memory.blocked ? PATIENCE : 0;
    this.#better = better;
  }

  /**
   * @param {string} query
   * @param {Hopes} hopes
   */
  open(query, hopes) {
    this.rest();
    const { plain, fetch } = this.#places;
    const byRequests = plain !== undefined && !this.#passed && this.#failed >= PATIENCE;
    let open = false;
    const opened = () => {
      open = true;
      this.#opened(byRequests);
      hopes.opened();
    };
    /** @param {{ code: number, reason: string }} how */
    const lost = (how) => {
      // Where requests fail too, nothing is blocked: the server is away, and its socket may be back first.
      if (!open) this.#failed = byRequests ? PATIENCE - 1 : this.#failed + 1;
      hopes.lost(how);
    };
    const socket = byRequests ? new Calls(`${plain}?${query}`, fetch) : this.#socket(`?${query}`);
    const within = byRequests || this.#passed ? OPENS_WITHIN_MS : FIRST_WITHIN_MS;
    return new Line(socket, { ...hopes, opened, lost }, within);
  }

  /** The network may have changed. */
  look() {
    if (!this.plain || this.#probe || Date.now() - this.#lookedAt < LOOK_PAUSE_MS) return;
    this.#lookedAt = Date.now();
    const gone = () => {
      this.#probe?.drop();
      this.#probe = null;
    };
    const opened = () => {
      gone();
      this.#known(true);
      this.#better();
    };
    this.#probe = new Line(this.#socket(""), { opened, received: () => {}, lost: gone }, OPENS_WITHIN_MS);
  }

  /** No line is open: there is nothing to make better. */
  rest() {
    clearTimeout(this.#timer);
    this.#probe?.drop();
    this.#probe = null;
    this.plain = false;
  }

  /** @param {boolean} byRequests */
  #opened(byRequests) {
    this.plain = byRequests;
    this.#known(!byRequests);
    if (byRequests) this.#lookLater(LOOK_FIRST_MS);
  }

  /** @param {boolean} passes Whether sockets do. */
  #known(passes) {
    this.#passed ||= passes;
    this.#memory.blocked = !passes;
  }

  /** @param {number} pause */
  #lookLater(pause) {
    this.#timer = setTimeout(() => {
      this.look();
      this.#lookLater(Math.min(pause * 2, LOOK_LAST_MS));
    }, pause);
  }

  /** @param {string} query */
  #socket(query) {
    const Socket = this.#places.WebSocket ?? WebSocket;
    return new Socket(this.#places.url + query, SUBPROTOCOL);
  }
}

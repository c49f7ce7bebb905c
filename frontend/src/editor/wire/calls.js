// Frames by plain requests, where the network lets no WebSocket through. Looks like a WebSocket to its owner.
// One request listens, and waits on the server until there is news; another says what there is to say, so that nobody
// has to break off the first one (and its connection) to be heard.
import * as bodies from "./bodies.js";
import { MESSAGE, read, SYNC } from "./protocol.js";

const LISTEN_S = 25;
/** The server answers long before; the network may not. */
const ANSWER_WITHIN_MS = 60_000;
/** What is said or heard within this time travels together. */
const TOGETHER_MS = 100;
/** A browser opens six connections to a server: tabs that nobody looks at must not hold them all. */
const HIDDEN_EVERY_MS = 5_000;
const BATCH_BYTES = 256 * 1024;
/** What a browser lets go out of a page that is being left. */
const GOODBYE_BYTES = 60_000;
/** Behind one address there may be several servers, each with a stream of its own. */
const STREAMS_KEPT = 8;

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

/**
 * @typedef {(url: string, options: RequestInit) => Promise<Response>} Fetch
 */

export class Calls {
  readyState = CONNECTING;
  binaryType = "arraybuffer";
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: { data: ArrayBuffer }) => void) | null} */
  onmessage = null;
  /** @type {((event: { code: number, reason: string }) => void) | null} */
  onclose = null;
  /** @type {((event: unknown) => void) | null} */
  onerror = null;
  /** @type {Uint8Array[]} */
  #waiting = [];
  /** @type {Uint8Array[]} On their way, and not known to have arrived. */
  #flying = [];
  /** Update messages that came before those on their way. */
  #said = 0;
  #saying = false;
  /** @type {Map<string, number>} By stream: the number of the last frame that came. */
  #heard = new Map();
  #hangUp = new AbortController();
  #url;
  #fetch;

  /**
   * @param {string} url With a query.
   * @param {Fetch} [fetch]
   */
  constructor(url, fetch = globalThis.fetch.bind(globalThis)) {
    this.#url = `${url}&line=${newLine()}`;
    this.#fetch = fetch;
    globalThis.addEventListener?.("pagehide", this.#sayGoodbye);
    this.#listen();
  }

  /** @param {Uint8Array} frame */
  send(frame) {
    if (this.readyState !== OPEN) return;
    this.#waiting.push(frame);
    this.#say();
  }

  close() {
    if (this.readyState === OPEN) this.#sayGoodbye();
    this.#stop();
  }

  /** The first request is answered at once; that is how it is known that there is a way. */
  async #listen() {
    while (this.readyState !== CLOSED) {
      const begun = Date.now();
      const hidden = globalThis.document?.hidden ?? false;
      await this.#ask([], this.readyState === OPEN && !hidden ? LISTEN_S : 0);
      await this.#pauseUntil(begun + (hidden ? HIDDEN_EVERY_MS : TOGETHER_MS));
    }
  }

  async #say() {
    if (this.#saying) return;
    this.#saying = true;
    while (this.#waiting.length && this.readyState === OPEN) {
      const begun = Date.now();
      this.#flying = this.#batch();
      await this.#ask(this.#flying);
      this.#said += this.#flying.filter(isUpdate).length;
      this.#flying = [];
      await this.#pauseUntil(begun + TOGETHER_MS);
    }
    this.#saying = false;
  }

  #batch() {
    let bytes = 0;
    const end = this.#waiting.findIndex((frame, index) => (bytes += frame.length) > BATCH_BYTES && index > 0);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  /**
   * One request. Whatever goes wrong ends the connection: the next one finds out what arrived.
   * @param {Uint8Array[]} frames
   * @param {number} [listen] Seconds.
   */
  async #ask(frames, listen = 0) {
    const late = setTimeout(() => this.#end("no answer"), ANSWER_WITHIN_MS);
    try {
      const url = `${this.#address()}${listen ? `&wait=${listen}` : ""}`;
      const answer = await this.#fetch(url, { ...post(frames), signal: this.#hangUp.signal });
      if (answer.headers.get("Content-Type") !== bodies.TYPE) throw new Error(`not from the note: ${answer.status}`);
      this.#take(bodies.read(new Uint8Array(await answer.arrayBuffer())));
    } catch (error) {
      this.#end(String(error));
    } finally {
      clearTimeout(late);
    }
  }

  #address() {
    const heard = [...this.#heard].map(([stream, number]) => `${stream}.${number}`).join(",");
    return `${this.#url}&said=${this.#said}&heard=${heard}`;
  }

  /** @param {import("./bodies.js").Answer} answer */
  #take({ stream, first, frames }) {
    if (this.readyState === CLOSED) return;
    if (this.readyState === CONNECTING) {
      this.readyState = OPEN;
      this.onopen?.();
    }
    const heard = this.#heard.get(stream) ?? 0;
    if (first > heard + 1) throw new Error("something was missed");
    this.#note(stream, first + frames.length - 1);
    // An answer begins with what the server did not know to have arrived.
    for (const frame of frames.slice(heard + 1 - first)) this.#deliver(frame);
  }

  /**
   * @param {string} stream
   * @param {number} last
   */
  #note(stream, last) {
    if (!stream) return;
    const heard = Math.max(last, this.#heard.get(stream) ?? 0);
    this.#heard.delete(stream);
    this.#heard.set(stream, heard);
    for (const oldest of [...this.#heard.keys()].slice(0, -STREAMS_KEPT)) this.#heard.delete(oldest);
  }

  /** @param {Uint8Array} frame */
  #deliver(frame) {
    if (this.readyState === CLOSED) return;
    this.onmessage?.({ data: new Uint8Array(frame).buffer });
    if (frame[0] !== MESSAGE.CLOSING) return;
    const message = read(frame);
    if (message.type === "closing") this.#end(message.reason, message.code);
  }

  /**
   * @param {string} reason
   * @param {number} [code]
   */
  #end(reason, code = 1006) {
    if (this.readyState === CLOSED) return;
    this.#stop();
    this.onclose?.({ code, reason });
  }

  #stop() {
    this.readyState = CLOSED;
    this.#waiting = [];
    this.#hangUp.abort();
    globalThis.removeEventListener?.("pagehide", this.#sayGoodbye);
  }

  /** Takes along what nobody is known to have. A page that comes back out of the browser's memory simply goes on. */
  #sayGoodbye = () => {
    const rest = [...this.#flying, ...this.#waiting];
    const fits = rest.reduce((sum, frame) => sum + frame.length, 0) < GOODBYE_BYTES;
    this.#fetch(`${this.#address()}&bye=1`, { ...post(fits ? rest : []), keepalive: true }).catch(() => {});
  };

  /** @param {number} time */
  #pauseUntil(time) {
    const pause = time - Date.now();
    return pause > 0 && this.readyState !== CLOSED ? new Promise((go) => setTimeout(go, pause)) : undefined;
  }
}

/**
 * @param {Uint8Array[]} frames
 * @returns {RequestInit}
 */
function post(frames) {
  const body = /** @type {Uint8Array<ArrayBuffer>} */ (bodies.write(frames));
  return { method: "POST", headers: { "Content-Type": bodies.TYPE }, body, cache: "no-store", redirect: "error" };
}

/** @param {Uint8Array} frame */
function isUpdate([type, step]) {
  return type === MESSAGE.SYNC && (step === SYNC.STEP_2 || step === SYNC.UPDATE);
}

/** A name for one connection, that nobody else has. */
function newLine() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

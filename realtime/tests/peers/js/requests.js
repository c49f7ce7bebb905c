// The editor's own way by plain requests, in the clothes of a socket of `ws`, and on a network that may misbehave.
import { EventEmitter } from "node:events";
import { Calls } from "../../../../frontend/src/editor/wire/calls.js";

/**
 * @typedef {object} Network
 * @property {() => { url: string, origin: string }[]} servers Each request goes to the next of them.
 * @property {string} cookie
 * @property {() => boolean} [repeats] Whether a proxy sends this request a second time.
 */

export class RequestSocket extends EventEmitter {
  #calls;
  #network;
  #sent = 0;
  #cut = false;

  /**
   * @param {string} path With a query.
   * @param {Network} network
   */
  constructor(path, network) {
    super();
    this.#network = network;
    this.#calls = new Calls(path, (url, options) => this.#fetch(url, options));
    this.#calls.onmessage = ({ data }) => this.emit("message", Buffer.from(data));
    this.#calls.onclose = ({ code }) => this.emit("close", code);
  }

  get readyState() {
    return this.#calls.readyState;
  }

  /** @param {Uint8Array} frame */
  send(frame) {
    this.#calls.send(frame);
  }

  close() {
    this.#calls.close();
    this.emit("close", 1005);
  }

  /** As when the cable is pulled. */
  terminate() {
    this.#cut = true;
    this.close();
  }

  /**
   * @param {string} url
   * @param {RequestInit} options
   * @returns {Promise<Response>}
   */
  async #fetch(url, options) {
    if (this.#cut) throw new Error("the cable is pulled");
    const { servers, cookie, repeats } = this.#network;
    const send = () => {
      const now = servers();
      const server = now[this.#sent++ % now.length];
      const headers = { ...options.headers, Origin: server.origin, Cookie: cookie };
      return fetch(server.url.replace(/^ws/, "http") + url, { ...options, headers });
    };
    if (!repeats?.()) return send();
    // The first answer gets lost, or comes too late to matter.
    const first = send().catch(() => {});
    if (repeats()) await first;
    return send();
  }
}

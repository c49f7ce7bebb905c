// Somebody who may write in a note and sends what nobody should, from one connection after another.
import WebSocket from "ws";
import * as Y from "yjs";
import { shot } from "./hostile.js";
import { Random } from "./random.js";
import * as wire from "./wire.js";

const BURST = 25;
const SEEN = 20;
/** Nobody can attack without end: a server that neither answers nor closes has failed. */
const PATIENCE_MS = 20_000;

/** @typedef {{ url: string, origin: string, cookie: string, note: string }} Target */

export class Attacker {
  /**
   * @param {Target} target
   * @param {number} seed
   * @param {{ draw?: typeof shot, harmless?: boolean }} [manners]
   */
  constructor(target, seed, { draw = shot, harmless = false } = {}) {
    this.target = target;
    this.random = new Random(seed);
    this.draw = draw;
    this.harmless = harmless;
    this.view = this.#begin();
    this.frames = 0;
    this.connections = 0;
    /** @type {Record<string, number>} */
    this.kinds = {};
    /** @type {Record<string, number>} */
    this.closes = {};
  }

  /** A document of its own, with a client id of its own. */
  #begin() {
    const doc = new Y.Doc();
    doc.clientID = this.random.int(2 ** 32);
    return { doc, own: doc.clientID, seen: [], harmless: this.harmless };
  }

  /**
   * Attacks until so many frames have been answered, or have closed the connection.
   * @param {number} frames
   */
  async attack(frames) {
    while (this.frames < frames) {
      const socket = await this.#connect();
      let open = true;
      while (open && this.frames < frames) open = await this.#burst(socket);
      socket.terminate();
      // What it made up and was refused is not to be built upon.
      this.view = this.#begin();
    }
  }

  /** @returns {Promise<WebSocket>} */
  #connect() {
    const { url, origin, cookie, note } = this.target;
    const { view } = this;
    this.connections += 1;
    const socket = new WebSocket(`${url}/ws/notes/${note}`, [wire.SUBPROTOCOL], {
      headers: { Cookie: cookie, Origin: origin },
      perMessageDeflate: false,
    });
    return new Promise((resolve, reject) => {
      socket.on("message", (data) => {
        const message = wire.read(/** @type {Buffer} */ (data));
        if (message.type !== wire.SYNC) return;
        if (message.step === 0) {
          socket.send(wire.sync(0, Y.encodeStateVector(view.doc)));
          return;
        }
        Y.applyUpdate(view.doc, message.body, "heard");
        view.seen = [...view.seen.slice(1 - SEEN), new Uint8Array(message.body)];
        resolve(socket);
      });
      socket.on("close", (code) => {
        this.closes[code] = (this.closes[code] ?? 0) + 1;
        reject(new Error(`closed with ${code} before it began`));
      });
      socket.on("error", reject);
    });
  }

  /**
   * Some frames, and a question that must be answered unless the connection is closed. Whether it is open still.
   * @param {WebSocket} socket
   * @returns {Promise<boolean>}
   */
  #burst(socket) {
    return new Promise((resolve, reject) => {
      let sent = 0;
      let answers = 1;
      const end = (/** @type {boolean} */ open) => {
        clearTimeout(timer);
        socket.off("message", hear);
        socket.off("close", closed);
        this.frames += sent;
        resolve(open);
      };
      const hear = (/** @type {Buffer} */ data) => {
        if (data[0] === wire.CHECK && (answers -= 1) === 0) end(true);
      };
      const closed = () => end(false);
      const timer = setTimeout(() => reject(new Error("the server neither answered nor closed")), PATIENCE_MS);
      socket.on("message", hear);
      socket.on("close", closed);
      for (let last = false; sent < BURST && !last && socket.readyState === WebSocket.OPEN; sent += 1) {
        const { kind, frame, last: fatal = false } = this.draw(this.random, this.view);
        this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
        if (kind === "check") answers += 1;
        socket.send(frame);
        last = fatal;
      }
      socket.send(wire.check(new Uint8Array([0]), 0, new Uint8Array(32)));
      if (socket.readyState !== WebSocket.OPEN) closed();
    });
  }
}

// Somebody who types at a steady pace, each piece unlike any other, so that one that is missing or doubled is found.
import { replace } from "./writing.js";

/** @typedef {import("./peer.js").Peer} Peer */

let typists = 0;

export class Typist {
  #peer;
  #timer;
  #number = 0;
  #mark = (typists += 1);
  /** @type {string[]} */
  #typed = [];

  /**
   * @param {Peer} peer
   * @param {number} every Milliseconds between two pieces.
   */
  constructor(peer, every) {
    this.#peer = peer;
    this.#timer = setInterval(() => this.#type(), every);
  }

  #type() {
    this.#number += 1;
    const piece = `<${this.#mark}:${this.#number}>`;
    this.#typed.push(piece);
    // Never inside a piece, own or another's: at its end.
    const text = this.#peer.text.toString();
    const ends = [...text.matchAll(/>/g)].map((found) => found.index + 1);
    const at = ends.length ? ends[(this.#number * 7919) % ends.length] : text.length;
    replace(this.#peer, text.length ? at / text.length : 0, 0, piece);
    this.#peer.presence?.move(at + piece.length);
  }

  /** Returns the pieces it typed. */
  stop() {
    clearInterval(this.#timer);
    return this.#typed;
  }
}

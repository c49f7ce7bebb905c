// Where plain requests arrive: a test reads them and answers them by hand.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/**
 * @typedef {Object} Letter One request.
 * @property {URLSearchParams} query
 * @property {Uint8Array[]} frames
 * @property {RequestInit} options
 * @property {(answer?: { stream?: string, first?: number, frames?: Uint8Array[] }) => void} answer
 * @property {(status: number, type: string) => void} answerWith Something that is not from the note.
 * @property {() => void} fail
 */

export class Desk {
  /** @type {Letter[]} Requests without an answer. */
  open = [];
  /** @type {Letter[]} */
  all = [];

  /** @type {import("../../src/editor/wire/calls.js").Fetch} */
  fetch = (url, options) =>
    new Promise((resolve, reject) => {
      const settle = () => (this.open = this.open.filter((other) => other !== letter));
      /** @type {Letter} */
      const letter = {
        query: new URL(url, "http://localhost").searchParams,
        frames: framesOf(/** @type {Uint8Array} */ (options.body)),
        options,
        answer: ({ stream = "a", first = 1, frames = [] } = {}) => {
          settle();
          const body = /** @type {Uint8Array<ArrayBuffer>} */ (written(stream, first, frames));
          resolve(new Response(body, { headers: { "Content-Type": "application/octet-stream" } }));
        },
        answerWith: (status, type) => {
          settle();
          resolve(new Response("<p>", { status, headers: { "Content-Type": type } }));
        },
        fail: () => {
          settle();
          reject(new TypeError("the network is away"));
        },
      };
      options.signal?.addEventListener("abort", () => letter.fail());
      this.open.push(letter);
      this.all.push(letter);
    });

  /** The request that says something, or the one that listens. */
  get saying() {
    return this.open.find(({ frames, query }) => frames.length && !query.has("bye"));
  }

  get listening() {
    return this.open.find(({ frames, query }) => !frames.length && !query.has("bye"));
  }

  get goodbye() {
    return this.all.find(({ query }) => query.has("bye"));
  }
}

/** @param {Uint8Array} body */
function framesOf(body) {
  const decoder = decoding.createDecoder(body);
  const frames = [];
  while (decoding.hasContent(decoder)) frames.push(decoding.readVarUint8Array(decoder));
  return frames;
}

/**
 * @param {string} stream
 * @param {number} first
 * @param {Uint8Array[]} frames
 */
function written(stream, first, frames) {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, stream);
  encoding.writeVarUint(encoder, first);
  for (const frame of frames) encoding.writeVarUint8Array(encoder, frame);
  return encoding.toUint8Array(encoder);
}

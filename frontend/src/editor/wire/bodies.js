// Frames in the body of a request, and in that of its answer: docs/protocol.md, "Plain requests".
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export const TYPE = "application/octet-stream";

/**
 * @typedef {{ stream: string, first: number, frames: Uint8Array[] }} Answer `first`: number of the first frame.
 */

/** @param {Uint8Array[]} frames */
export function write(frames) {
  const encoder = encoding.createEncoder();
  for (const frame of frames) encoding.writeVarUint8Array(encoder, frame);
  return encoding.toUint8Array(encoder);
}

/**
 * @param {Uint8Array} body
 * @returns {Answer}
 */
export function read(body) {
  const decoder = decoding.createDecoder(body);
  const stream = decoding.readVarString(decoder);
  const first = decoding.readVarUint(decoder);
  const frames = [];
  while (decoding.hasContent(decoder)) frames.push(decoding.readVarUint8Array(decoder));
  return { stream, first, frames };
}

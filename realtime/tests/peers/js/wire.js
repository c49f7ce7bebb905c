// Frames as a client writes and reads them: docs/protocol.md, with lib0 (what every Yjs client uses).
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export const SUBPROTOCOL = "commonplace.v1";
export const SYNC = 0;
export const AWARENESS = 1;
export const QUERY_AWARENESS = 3;
export const STORED = 100;
export const REFUSED = 101;
export const HELLO = 102;
export const ACCESS = 103;
export const CHECK = 104;
export const TROUBLE = 105;
export const RESYNC = 106;
export const CLOSING = 107;

/**
 * @param {number} step 0 state vector, 1 answer, 2 update
 * @param {Uint8Array} body
 */
export function sync(step, body) {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, SYNC);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, body);
  });
}

/** @param {Uint8Array} body */
export function awareness(body) {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, AWARENESS);
    encoding.writeVarUint8Array(encoder, body);
  });
}

/**
 * @param {Uint8Array} vector
 * @param {number} deleted
 * @param {Uint8Array} hash
 */
export function check(vector, deleted, hash) {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, CHECK);
    encoding.writeVarUint8Array(encoder, vector);
    encoding.writeVarUint(encoder, deleted);
    encoding.writeUint8Array(encoder, hash);
  });
}

/** @param {(encoder: encoding.Encoder) => void} write */
export function frame(write) {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

/**
 * What the server said, as plain data.
 * @param {Uint8Array} bytes
 */
export function read(bytes) {
  const decoder = decoding.createDecoder(bytes);
  const type = decoding.readVarUint(decoder);
  const number = () => decoding.readVarUint(decoder);
  const text = () => decoding.readVarString(decoder);
  const body = () => decoding.readVarUint8Array(decoder);
  switch (type) {
    case SYNC:
      return { type, step: number(), body: body() };
    case AWARENESS:
      return { type, body: body() };
    case STORED:
      return { type, count: number(), time: number() };
    case REFUSED:
      return { type, count: number(), code: text(), reason: text() };
    case HELLO:
      return { type, epoch: number(), seq: number(), role: text() };
    case ACCESS:
      return { type, role: text() };
    case CHECK:
      return { type, verdict: number() };
    case TROUBLE:
      return { type, code: text(), reason: text() };
    case RESYNC:
      return { type, count: number() };
    case CLOSING:
      return { type, code: number(), reason: text() };
    default:
      throw new Error(`the server sent a message of type ${type}`);
  }
}

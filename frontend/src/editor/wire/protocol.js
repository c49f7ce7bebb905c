// The frames of docs/protocol.md, as a client writes and reads them.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export const SUBPROTOCOL = "commonplace.v1";

export const MESSAGE = Object.freeze({
  SYNC: 0,
  AWARENESS: 1,
  QUERY_AWARENESS: 3,
  STORED: 100,
  REFUSED: 101,
  HELLO: 102,
  ACCESS: 103,
  CHECK: 104,
  TROUBLE: 105,
  RESYNC: 106,
  CLOSING: 107,
});

export const SYNC = Object.freeze({ STEP_1: 0, STEP_2: 1, UPDATE: 2 });

export const VERDICT = Object.freeze({ EQUAL: 0, DIFFERENT: 1, NOT_NOW: 2 });

export const CLOSE = Object.freeze({
  RESTARTING: 1012,
  BAD_FRAME: 4400,
  SIGNED_OUT: 4401,
  NOT_ALLOWED: 4403,
  NOT_FOUND: 4404,
  TOO_SLOW: 4408,
  OTHER_EPOCH: 4409,
  TOO_LARGE: 4413,
  QUARANTINED: 4423,
  TOO_FAST: 4429,
  TOO_MANY: 4430,
  UNAVAILABLE: 4503,
});

/**
 * @typedef {"owner" | "editor" | "commenter" | "viewer"} Role
 *
 * @typedef {{ type: "step1", vector: Uint8Array }
 *   | { type: "update", update: Uint8Array, answer: boolean }
 *   | { type: "awareness", update: Uint8Array }
 *   | { type: "query-awareness" }
 *   | { type: "stored", count: number, time: number }
 *   | { type: "refused", number: number, code: string, reason: string }
 *   | { type: "hello", epoch: number, seq: number, role: Role }
 *   | { type: "access", role: Role }
 *   | { type: "check", verdict: number }
 *   | { type: "trouble", code: string, reason: string }
 *   | { type: "resync", number: number }
 *   | { type: "closing", code: number, reason: string }
 *   | { type: "unknown", number: number }} ServerMessage
 */

/**
 * @param {Uint8Array} frame
 * @returns {ServerMessage}
 */
export function read(frame) {
  const decoder = decoding.createDecoder(frame);
  const number = () => decoding.readVarUint(decoder);
  const string = () => decoding.readVarString(decoder);
  const kind = number();
  switch (kind) {
    case MESSAGE.SYNC:
      return readSync(decoder);
    case MESSAGE.AWARENESS:
      return { type: "awareness", update: decoding.readVarUint8Array(decoder) };
    case MESSAGE.QUERY_AWARENESS:
      return { type: "query-awareness" };
    case MESSAGE.STORED:
      return { type: "stored", count: number(), time: number() };
    case MESSAGE.REFUSED:
      return { type: "refused", number: number(), code: string(), reason: string() };
    case MESSAGE.HELLO:
      return { type: "hello", epoch: number(), seq: number(), role: /** @type {Role} */ (string()) };
    case MESSAGE.ACCESS:
      return { type: "access", role: /** @type {Role} */ (string()) };
    case MESSAGE.CHECK:
      return { type: "check", verdict: number() };
    case MESSAGE.TROUBLE:
      return { type: "trouble", code: string(), reason: string() };
    case MESSAGE.RESYNC:
      return { type: "resync", number: number() };
    case MESSAGE.CLOSING:
      return { type: "closing", code: number(), reason: string() };
    default:
      // A newer server may say more than we know.
      return { type: "unknown", number: kind };
  }
}

/**
 * @param {decoding.Decoder} decoder
 * @returns {ServerMessage}
 */
function readSync(decoder) {
  const step = decoding.readVarUint(decoder);
  const body = decoding.readVarUint8Array(decoder);
  if (step === SYNC.STEP_1) return { type: "step1", vector: body };
  return { type: "update", update: body, answer: step === SYNC.STEP_2 };
}

/**
 * @param {(encoder: encoding.Encoder) => void} write
 * @returns {Uint8Array}
 */
function frame(write) {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

/** @param {Uint8Array} vector */
export function step1(vector) {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.SYNC);
    encoding.writeVarUint(encoder, SYNC.STEP_1);
    encoding.writeVarUint8Array(encoder, vector);
  });
}

/** @param {Uint8Array} bytes */
export function update(bytes) {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.SYNC);
    encoding.writeVarUint(encoder, SYNC.UPDATE);
    encoding.writeVarUint8Array(encoder, bytes);
  });
}

/** @param {Uint8Array} bytes */
export function awareness(bytes) {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.AWARENESS);
    encoding.writeVarUint8Array(encoder, bytes);
  });
}

export function queryAwareness() {
  return frame((encoder) => encoding.writeVarUint(encoder, MESSAGE.QUERY_AWARENESS));
}

/**
 * @param {Uint8Array} vector
 * @param {number} deleted
 * @param {Uint8Array} hash SHA-256, 32 bytes
 */
export function check(vector, deleted, hash) {
  return frame((encoder) => {
    encoding.writeVarUint(encoder, MESSAGE.CHECK);
    encoding.writeVarUint8Array(encoder, vector);
    encoding.writeVarUint(encoder, deleted);
    encoding.writeUint8Array(encoder, hash);
  });
}

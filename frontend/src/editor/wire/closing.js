import { CLOSE } from "./protocol.js";

const NEVER = { again: false, atLeast: 0 };

/** @type {Map<number, { again: boolean, atLeast: number }>} `atLeast`: ms before the next attempt. */
const ANSWERS = new Map([
  [CLOSE.BAD_FRAME, NEVER],
  [CLOSE.SIGNED_OUT, NEVER],
  [CLOSE.NOT_ALLOWED, NEVER],
  [CLOSE.NOT_FOUND, NEVER],
  [CLOSE.OTHER_EPOCH, NEVER],
  [CLOSE.TOO_LARGE, NEVER],
  [CLOSE.QUARANTINED, { again: true, atLeast: 30_000 }],
  [CLOSE.TOO_FAST, { again: true, atLeast: 3_000 }],
  [CLOSE.TOO_MANY, { again: true, atLeast: 10_000 }],
]);

/**
 * Whether to come back after a close code, and after how long.
 * @param {number} code
 */
export function afterClose(code) {
  return ANSWERS.get(code) ?? { again: true, atLeast: 0 };
}

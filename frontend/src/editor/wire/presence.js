// Awareness: where others' cursors are. The server writes who they are, so what it says of us is no news.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";

/**
 * @typedef {import("y-protocols/awareness").Awareness} Awareness
 * @typedef {{ id: string, name: string, colour: number }} Person
 */

const AT_MOST_EVERY_MS = 100;

/** @param {Awareness} awareness @returns {Uint8Array} */
export function ownState(awareness) {
  return encodeAwarenessUpdate(awareness, [awareness.clientID]);
}

/**
 * Takes what the server says of others.
 * @param {Awareness} awareness
 * @param {Uint8Array} update
 * @param {unknown} origin
 * @returns {boolean} Whether the server thinks that we are gone, and should be told otherwise.
 */
export function hear(awareness, update, origin) {
  const decoder = decoding.createDecoder(update);
  const encoder = encoding.createEncoder();
  let others = 0;
  let gone = false;
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const state = decoding.readVarString(decoder);
    if (client === awareness.clientID) {
      gone ||= state === "null";
      continue;
    }
    others += 1;
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, state);
  }
  const whole = encoding.createEncoder();
  encoding.writeVarUint(whole, others);
  encoding.writeUint8Array(whole, encoding.toUint8Array(encoder));
  applyAwarenessUpdate(awareness, encoding.toUint8Array(whole), origin);
  return gone;
}

/**
 * The line is down: nobody's cursor can be known.
 * @param {Awareness} awareness
 * @param {unknown} origin
 */
export function forgetOthers(awareness, origin) {
  const others = [...awareness.getStates().keys()].filter((client) => client !== awareness.clientID);
  removeAwarenessStates(awareness, others, origin);
  // Their clocks too: they may come back through another process, whose clock is behind.
  for (const client of others) awareness.meta.delete(client);
}

/**
 * Sends at once, then at most ten times a second, the last state always.
 * @param {() => void} send
 */
export function throttled(send) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let again = false;
  const run = () => {
    again = false;
    send();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) run();
    }, AT_MOST_EVERY_MS);
  };
  const call = () => {
    if (timer) again = true;
    else run();
  };
  call.cancel = () => {
    clearTimeout(timer);
    timer = undefined;
    again = false;
  };
  return call;
}

// Valid bytes with something wrong: what a broken client, a broken line or somebody curious sends.

/** @typedef {import("./random.js").Random} Random */

/** @type {((bytes: Uint8Array, random: Random) => Uint8Array)[]} */
const MUTATIONS = [
  // One bit.
  (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.int(8))),
  // One byte.
  (bytes, random) => changed(bytes, random, () => random.int(256)),
  // One number larger or smaller.
  (bytes, random) => changed(bytes, random, (byte) => byte + random.pick([-1, 1])),
  (bytes, random) => changed(bytes, random, () => random.pick([0, 1, 0x7f, 0x80, 0xff])),
  // Cut off.
  (bytes, random) => bytes.slice(0, random.int(bytes.length)),
  // Something more at the end.
  (bytes, random) => joined(bytes, noise(random, random.between(1, 9))),
  // Something more in between.
  (bytes, random) => spliced(bytes, random.int(bytes.length), 0, noise(random, random.between(1, 5))),
  // Something missing in between.
  (bytes, random) => spliced(bytes, random.int(bytes.length), random.between(1, 4), new Uint8Array()),
  // A part twice.
  (bytes, random) => {
    const from = random.int(bytes.length);
    const part = bytes.slice(from, from + random.between(1, 12));
    return spliced(bytes, from, 0, part);
  },
  // The same number in a longer form.
  (bytes, random) => {
    const at = random.int(bytes.length);
    return spliced(bytes, at, 1, new Uint8Array([bytes[at] | 0x80, 0]));
  },
  // A number without end.
  (bytes, random) => spliced(bytes, random.int(bytes.length), 1, new Uint8Array(random.between(8, 400)).fill(0xff)),
];

/**
 * @param {Uint8Array} bytes
 * @param {Random} random
 */
export function mutated(bytes, random) {
  let result = bytes;
  for (let times = random.maybe(0.7) ? 1 : random.between(2, 5); times > 0 && result.length; times -= 1) {
    result = random.pick(MUTATIONS)(result, random);
  }
  return result;
}

/**
 * @param {Random} random
 * @param {number} length
 */
export function noise(random, length) {
  return Uint8Array.from({ length }, () => random.int(256));
}

/**
 * @param {Uint8Array} bytes
 * @param {Random} random
 * @param {(byte: number) => number} change
 */
function changed(bytes, random, change) {
  const result = bytes.slice();
  const at = random.int(bytes.length);
  result[at] = change(result[at]);
  return result;
}

/** @param {Uint8Array[]} parts */
export function joined(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} remove
 * @param {Uint8Array} insert
 */
function spliced(bytes, at, remove, insert) {
  return joined(bytes.slice(0, at), insert, bytes.slice(at + remove));
}

/**
 * Repeatable chance: the seed is named when something fails (mulberry32).
 * @param {number} seed
 */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  /** @param {number} below */
  const int = (below) => Math.floor(next() * below);
  return {
    next,
    int,
    /**
     * @template T
     * @param {readonly T[]} from
     * @returns {T}
     */
    pick: (from) => /** @type {T} */ (from[int(from.length)]),
  };
}

/** Repeatable chance: the same seed gives the same session. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed | 0;
  }

  /** From 0 up to, not including, 1 (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** @param {number} below */
  int(below) {
    return Math.floor(this.next() * below);
  }

  /**
   * Both ends included.
   * @param {number} from
   * @param {number} to
   */
  between(from, to) {
    return from + this.int(to - from + 1);
  }

  /** @param {number} chance From 0 to 1. */
  maybe(chance) {
    return this.next() < chance;
  }

  /**
   * @template T
   * @param {T[]} things
   * @returns {T}
   */
  pick(things) {
    return things[this.int(things.length)];
  }

  /**
   * A name, each as often as its weight says.
   * @param {Record<string, number>} weights
   */
  weighted(weights) {
    let at = this.next() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const [name, weight] of Object.entries(weights)) {
      at -= weight;
      if (at < 0) return name;
    }
    return Object.keys(weights)[0];
  }

  /**
   * @template T
   * @param {T[]} things
   */
  shuffled(things) {
    const all = [...things];
    for (let at = all.length - 1; at > 0; at -= 1) {
      const other = this.int(at + 1);
      [all[at], all[other]] = [all[other], all[at]];
    }
    return all;
  }
}

const BASE_MS = 500;
const CAP_MS = 15_000;

/**
 * Exponential back-off with full jitter: after a restart not everybody knocks in the same moment.
 */
export class Backoff {
  #attempts = 0;
  #random;

  /** @param {() => number} [random] */
  constructor(random = Math.random) {
    this.#random = random;
  }

  /**
   * How long to wait before the next attempt, in ms.
   * @param {number} [atLeast]
   */
  next(atLeast = 0) {
    const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(this.#attempts, 10));
    this.#attempts += 1;
    return atLeast + this.#random() * ceiling;
  }

  reset() {
    this.#attempts = 0;
  }
}

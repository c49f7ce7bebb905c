// Well below what the server allows by its FRAMES_PER_SECOND and FRAMES_BURST: there must be room for cursors.
const PER_SECOND = 40;
const BURST = 120;

/** A token bucket over frames. */
export class Pace {
  #tokens = BURST;
  #at;
  #now;

  /** @param {() => number} [now] ms */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Takes one token if there is one. */
  take() {
    this.#fill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Ms until the next token. */
  get wait() {
    this.#fill();
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / PER_SECOND) * 1000);
  }

  #fill() {
    const now = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
  }
}

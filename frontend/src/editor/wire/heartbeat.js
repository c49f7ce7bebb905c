// A socket can be dead for minutes before the browser notices. So we ask, and give it a time to answer.
const SILENCE_MS = 15_000;
const ANSWER_MS = 30_000;
const SHORT_ANSWER_MS = 3_000;
// Nothing is heard of a message before its last byte is here: a long note, on a slow line.
const LONG_ANSWER_MS = 90_000;
const LOOK_EVERY_MS = 1_000;

export class Heartbeat {
  #heard = 0;
  #deadline = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #probe;
  #dead;
  #loading;
  #now;

  /**
   * @param {{ probe: () => void, dead: () => void, loading?: () => boolean, now?: () => number }} options
   *   `probe` asks the server for any frame; `dead` is told when none came; `loading`: what comes next may be long.
   */
  constructor({ probe, dead, loading = () => false, now = Date.now }) {
    this.#probe = probe;
    this.#dead = dead;
    this.#loading = loading;
    this.#now = now;
  }

  start() {
    this.stop();
    this.heard();
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A frame came. */
  heard() {
    this.#heard = this.#now();
    this.#deadline = 0;
  }

  /** The device woke, or its network changed: find out soon whether the line still holds. */
  doubt() {
    if (this.#timer) this.#ask(SHORT_ANSWER_MS);
  }

  look() {
    const now = this.#now();
    if (this.#deadline) {
      if (now < this.#deadline) return;
      this.stop();
      this.#dead();
    } else if (now - this.#heard >= SILENCE_MS) {
      this.#ask(ANSWER_MS);
    }
  }

  /** @param {number} patience */
  #ask(patience) {
    const deadline = this.#now() + (this.#loading() ? LONG_ANSWER_MS : patience);
    this.#deadline = this.#deadline ? Math.min(this.#deadline, deadline) : deadline;
    this.#probe();
  }
}

// One connection, whatever it is made of. It is lost once, and says nothing after that.

const OPEN = 1;

/**
 * @typedef {Object} Hopes
 * @property {() => void} opened
 * @property {(data: unknown) => void} received
 * @property {(how: { code: number, reason: string }) => void} lost Not called for one that was dropped.
 *
 * @typedef {Object} Socket What a WebSocket and Calls have in common.
 * @property {number} readyState
 * @property {string} binaryType
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage Its `data` is a frame.
 * @property {((event: any) => void) | null} onclose With `code` and `reason`.
 * @property {((event: any) => void) | null} onerror
 * @property {(frame: Uint8Array<ArrayBuffer>) => void} send
 * @property {() => void} close
 */

export class Line {
  #socket;
  #late;

  /**
   * @param {Socket} socket
   * @param {Hopes} hopes
   * @param {number} within Ms in which it must open.
   */
  constructor(socket, { opened, received, lost }, within) {
    this.#socket = socket;
    /** @param {{ code: number, reason: string }} how */
    const end = (how) => {
      this.drop();
      lost(how);
    };
    this.#late = setTimeout(() => end({ code: 1006, reason: "no connection" }), within);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      clearTimeout(this.#late);
      opened();
    };
    socket.onmessage = (event) => received(event.data);
    socket.onclose = (event) => end({ code: event.code, reason: event.reason });
    socket.onerror = () => {}; // a close follows
  }

  /** Nothing is sent on a line that is not open. @param {Uint8Array} frame */
  send(frame) {
    if (this.#socket.readyState === OPEN) this.#socket.send(/** @type {Uint8Array<ArrayBuffer>} */ (frame));
  }

  /** Lets go of it without a word to anybody. */
  drop() {
    clearTimeout(this.#late);
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.onerror = () => {};
    socket.close();
  }
}

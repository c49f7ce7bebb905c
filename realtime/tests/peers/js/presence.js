// Where a peer is and where it sees the others: the standard awareness of y-protocols.
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";
import * as wire from "./wire.js";

const HEARD = "heard";

export class Presence {
  #peer;

  /** @param {import("./peer.js").Peer} peer */
  constructor(peer) {
    this.#peer = peer;
    this.awareness = new Awareness(peer.doc);
    this.awareness.setLocalState({ cursor: null });
    // As stock clients do it: whatever changed is said again, also what was heard of others.
    this.awareness.on("update", (/** @type {{added: number[], updated: number[], removed: number[]}} */ change) => {
      const clients = [...change.added, ...change.updated, ...change.removed];
      peer.send(wire.awareness(encodeAwarenessUpdate(this.awareness, clients)));
    });
  }

  /**
   * Puts the cursor somewhere.
   * @param {number} index
   */
  move(index) {
    const position = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.#peer.text, index));
    this.awareness.setLocalStateField("cursor", { anchor: position, head: position });
  }

  /**
   * Says anything of itself.
   * @param {any} state
   */
  claim(state) {
    this.awareness.setLocalState(state);
  }

  own() {
    return this.awareness.getLocalState();
  }

  say() {
    this.#peer.send(wire.awareness(encodeAwarenessUpdate(this.awareness, [this.#peer.doc.clientID])));
  }

  /** @param {Uint8Array} body */
  hear(body) {
    applyAwarenessUpdate(this.awareness, body, HEARD);
  }

  /** The others: client id to what the server says of them. */
  others() {
    const states = new Map(this.awareness.getStates());
    states.delete(this.#peer.doc.clientID);
    return Object.fromEntries(states);
  }

  /** Offline nobody is seen. */
  alone() {
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.#peer.doc.clientID);
    removeAwarenessStates(this.awareness, others, HEARD);
  }

  end() {
    this.awareness.destroy();
  }
}

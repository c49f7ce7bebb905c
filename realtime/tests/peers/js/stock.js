// The client that everybody uses: y-websocket as it comes from npm.
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { ROOT } from "./documents.js";
import { LOCAL } from "./peer.js";

export class Stock {
  /** @param {import("./peer.js").Options} options */
  constructor(options) {
    this.options = options;
    this.name = options.name;
    this.doc = new Y.Doc();
    this.text = this.doc.getText(ROOT);
    this.undoing = new Y.UndoManager(this.text, { trackedOrigins: new Set([LOCAL]), captureTimeout: 0 });
    /** @type {number[]} */
    this.closes = [];
    // Browsers send cookie and origin by themselves.
    const headers = { Cookie: options.cookie, Origin: options.origin };
    class Browser extends WebSocket {
      /**
       * @param {string} url
       * @param {string[]} protocols
       */
      constructor(url, protocols) {
        super(url, protocols, { headers });
      }
    }
    this.provider = new WebsocketProvider(`${options.url}/ws/notes`, options.note, this.doc, {
      WebSocketPolyfill: /** @type {any} */ (Browser),
      connect: false,
      // Two peers of one process would meet there, and not on the server.
      disableBc: true,
    });
    this.provider.awareness.setLocalState({ cursor: null, user: { name: "whatever it says" } });
    this.provider.on("connection-close", (event) => this.closes.push(event?.code ?? 0));
  }

  get online() {
    return this.provider.synced;
  }

  get presence() {
    return { others: () => this.#others(), move: (/** @type {number} */ index) => this.#move(index) };
  }

  connect() {
    this.provider.connect();
  }

  leave() {
    this.provider.disconnect();
  }

  #others() {
    const states = new Map(this.provider.awareness.getStates());
    states.delete(this.doc.clientID);
    return Object.fromEntries(states);
  }

  /** @param {number} index */
  #move(index) {
    const position = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, index));
    this.provider.awareness.setLocalStateField("cursor", { anchor: position, head: position });
  }
}

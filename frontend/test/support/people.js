import { WebSocket } from "ws";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Provider } from "../../src/editor/wire/provider.js";
import { NoteServer } from "./server.js";

/**
 * A server and people at it, all gone when the test ends.
 * @param {import("node:test").TestContext} context
 * @param {string} [text]
 */
export async function room(context, text) {
  const server = await new NoteServer(text).start();
  /** @type {Person[]} */
  const people = [];
  context.after(async () => {
    for (const person of people) person.leave();
    await server.crash();
  });
  return {
    server,
    /** @param {{ doc?: Y.Doc, epoch?: number, quiet?: unknown[] }} [options] */
    join(options = {}) {
      const person = new Person(server, options);
      people.push(person);
      return person;
    },
  };
}

export class Person {
  /**
   * @param {NoteServer} server
   * @param {{ doc?: Y.Doc, epoch?: number, quiet?: unknown[] }} options
   */
  constructor(server, { doc = new Y.Doc(), epoch = 1, quiet = [] }) {
    this.doc = doc;
    this.awareness = new Awareness(doc);
    this.provider = new Provider(doc, {
      url: server.url,
      epoch,
      quiet,
      awareness: this.awareness,
      WebSocket: /** @type {any} */ (WebSocket),
      random: () => 0.02, // no jitter, and no long waits
    });
    this.provider.connect();
  }

  get status() {
    return this.provider.status;
  }

  /** Level with the server, and connected. */
  get ready() {
    return this.status.phase === "live" && this.status.synced;
  }

  get text() {
    return this.doc.getText("content").toString();
  }

  /**
   * @param {string} words
   * @param {number} [at]
   */
  type(words, at = this.doc.getText("content").length) {
    this.doc.getText("content").insert(at, words);
  }

  leave() {
    this.provider.destroy();
    this.awareness.destroy();
  }
}

/**
 * Waits until something holds. Never a fixed time.
 * @param {() => unknown} condition
 * @param {string} [what]
 */
export async function until(condition, what = String(condition)) {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

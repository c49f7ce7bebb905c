// One life of a note on this page: a document, its connection, its place on this device, its editor. If the note is
// begun anew, this life ends and another begins.
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Checker } from "./check.js";
import { Keeper } from "./offline/keeper.js";
import { mayWrite } from "./page/notepage.js";
import { People } from "./page/people.js";
import { keepInStep } from "./page/scroll.js";
import { Writing } from "./page/writing.js";
import { mount, setWritable } from "./view/mount.js";
import { memoryOfTab } from "./wire/memory.js";
import { CLOSE } from "./wire/protocol.js";
import { Provider } from "./wire/provider.js";

/**
 * @typedef {import("./page/notepage.js").NotePage} NotePage
 * @typedef {import("./offline/device.js").Device} Device
 * @typedef {import("./drafts/drafts.js").Reason} Reason
 * @typedef {import("@codemirror/view").ViewUpdate} ViewUpdate
 *
 * @typedef {Object} Hopes What the session tells.
 * @property {() => void} onStatus
 * @property {(update: ViewUpdate) => void} onUpdate
 * @property {() => void} onMounted
 * @property {() => void} onSynced
 * @property {(role: import("./wire/protocol.js").Role | null) => void} onRole What one may do here has changed.
 * @property {(reason: Reason, epoch?: number) => void} onOver This life cannot go on; what it holds must be kept.
 */

/** The document holds something that the server cannot read. @type {Set<number>} */
const BROKEN = new Set([CLOSE.BAD_FRAME, CLOSE.TOO_LARGE]);

export class Session {
  /** @type {import("@codemirror/view").EditorView | null} */
  view = null;
  doc = new Y.Doc();
  text = this.doc.getText("content");
  /** Units of the text when it was last offered to a server that found it too long. */
  #lengthOffered = Infinity;
  #stopScroll = () => {};
  #frozen = false;
  #ended = false;
  #page;
  #hopes;

  /**
   * @param {NotePage} page
   * @param {Device | null} device
   * @param {Hopes} hopes
   */
  constructor(page, device, hopes) {
    this.#page = page;
    this.#hopes = hopes;
    this.awareness = new Awareness(this.doc);
    this.keeper = new Keeper(this.doc, { device, note: page.note, epoch: page.epoch });
    this.provider = new Provider(this.doc, {
      url: page.socket,
      plain: page.plain,
      memory: memoryOfTab,
      epoch: page.epoch,
      awareness: this.awareness,
      quiet: [this.keeper],
    });
    this.people = new People(page.root.querySelector("[data-people]"), this.awareness, page.me);
    const place = page.root.querySelector("[data-writing]");
    this.writing = new Writing(place, this.doc, this.awareness, page.me.id);
    this.checker = new Checker(this.text, this.provider, () => hopes.onOver("different"));
    this.#listen();
  }

  async start() {
    await this.keeper.load();
    if (this.#ended) return;
    this.provider.noteEarlier(this.keeper.earlier);
    // What is on the device may be read and written before the server answers.
    if (this.text.length) this.#mount();
    this.provider.on("status", ({ unsaved }) => this.keeper.setUnsaved(unsaved));
    this.provider.connect();
  }

  /** Edits that would be lost with this page. */
  get unsaved() {
    // Whoever goes to sign in comes back to what is on the device.
    return this.signedOut && this.keeper.durable ? 0 : this.provider.status.unsaved;
  }

  get signedOut() {
    const { phase, closed } = this.provider.status;
    return phase === "stopped" && closed?.code === CLOSE.SIGNED_OUT;
  }

  /** The note is not here any more, or not for its reader. */
  get sentAway() {
    const { phase, closed } = this.provider.status;
    return phase === "stopped" && (closed?.code === CLOSE.NOT_ALLOWED || closed?.code === CLOSE.NOT_FOUND);
  }

  get writable() {
    const { role } = this.provider.status;
    return this.#page.writable && (role === null || mayWrite(role)) && !this.#stuck && !this.#frozen;
  }

  /**
   * Nothing more can be stored in this life. When only the session ended, the device takes what is written, until it is
   * sent after signing in; but signing out clears the device, and then there is no place for it.
   */
  get #stuck() {
    const { phase, closed } = this.provider.status;
    return phase === "stopped" && closed !== null && !(this.signedOut && this.keeper.keeps);
  }

  /** Nothing more is typed into this life: what it holds is about to be kept. */
  freeze() {
    this.#frozen = true;
    if (this.view) setWritable(this.view, false);
  }

  /** Ends this life. @param {{ forget: boolean }} options `forget`: also what the device holds of it. */
  async end({ forget }) {
    this.#ended = true;
    this.#stopScroll();
    this.checker.destroy();
    this.writing.destroy();
    this.people.destroy();
    this.provider.destroy();
    this.view?.destroy();
    this.view = null;
    this.awareness.destroy();
    if (forget) await this.keeper.forget();
    else this.keeper.destroy();
    this.doc.destroy();
  }

  #listen() {
    const { provider } = this;
    /** @type {import("./wire/protocol.js").Role | null} */
    let role = null;
    provider.on("status", (status) => {
      const before = role;
      role = status.role ?? role;
      if (before && before !== role) this.#hopes.onRole(role);
      if (!status.unsaved) this.#lengthOffered = Infinity;
      if (BROKEN.has(status.closed?.code ?? 0) && !status.refused && !this.#ended) this.#hopes.onOver("refused");
      this.#show();
    });
    this.keeper.on("change", () => this.#show());
    provider.on("synced", () => {
      this.#mount();
      this.#hopes.onSynced();
    });
    provider.on("epoch", (epoch) => this.#hopes.onOver("epoch", epoch));
    provider.on("refused", ({ code }) => {
      // A full note is a thing that its writers can mend: they shorten it, and everything is offered again.
      if (code === "too-large") this.#offerShorter();
      else this.#hopes.onOver(code === "read-only" ? "read-only" : "refused");
    });
    // Not at once: the editor is in the middle of this very change, and a lost connection takes cursors out of it.
    this.text.observe(() => queueMicrotask(() => this.#offerShorter()));
  }

  #show() {
    if (this.view && this.view.state.readOnly === this.writable) setWritable(this.view, this.writable);
    this.#hopes.onStatus();
  }

  /** What was refused is always a moment old: it may have been shortened on the way. */
  #offerShorter() {
    if (this.#ended || !this.provider.status.refused || this.text.length >= this.#lengthOffered) return;
    this.#lengthOffered = this.text.length;
    this.provider.retry();
  }

  #mount() {
    const parent = this.#page.root.querySelector("[data-editor]");
    if (this.view || !parent || this.#ended) return;
    this.view = mount({
      parent,
      text: this.text,
      awareness: this.awareness,
      writable: this.writable,
      onUpdate: this.#hopes.onUpdate,
    });
    this.#page.root.querySelector("[data-editor-fallback]")?.setAttribute("hidden", "");
    this.#stopScroll = keepInStep(this.view, this.#page.root);
    this.#hopes.onMounted();
  }
}

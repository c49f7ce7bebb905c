// The page of a note, from opening to leaving: sessions come and go, the light and the buttons stay.
import { DraftNotice } from "./drafts/notice.js";
import { Drafts } from "./drafts/drafts.js";
import { Lamp } from "./light/lamp.js";
import { describe } from "./light/words.js";
import { Device } from "./offline/device.js";
import { rescueEarlier, rescueLost } from "./offline/rescue.js";
import { askForState, isReader, stateOf } from "./page/asking.js";
import { startOutline } from "./page/outline.js";
import { StandingNotice } from "./page/standing.js";
import { startTasks } from "./page/tasks.js";
import { startTitle } from "./page/title.js";
import { startViews } from "./page/views.js";
import { Session } from "./session.js";
import { Toolbar } from "./toolbar.js";

/**
 * @typedef {import("./page/notepage.js").NotePage} NotePage
 * @typedef {import("./drafts/drafts.js").Reason} Reason
 */

const LOOK_EVERY_MS = 250;
/** Whatever is broken, it is not mended by beginning anew again and again. */
const ANEW_AT_MOST_EVERY_MS = 20_000;

export class Room {
  /** @type {Session | null} */
  session = null;
  /** @type {Reason | null} Of the latest draft that is kept. */
  #drafted = null;
  /** @type {Session | null} In which it was looked for what the note has lost. */
  #rescued = null;
  #beginning = false;
  #begunAnewAt = -Infinity;
  #dressTasks = () => {};
  #writable = false;
  #page;
  #device;
  #drafts;
  #notice;
  #standing;
  #state;
  /** Of several questions about the state only the last one's answer counts. */
  #asked = 0;
  #lamp;
  #toolbar;
  #title;

  /**
   * @param {NotePage} page
   * @param {Device | null} device
   */
  constructor(page, device) {
    this.#page = page;
    this.#device = device;
    this.#drafts = new Drafts(device, page.note);
    this.#title = startTitle(page.root);
    this.#lamp = new Lamp(page.root);
    this.#standing = new StandingNotice(page);
    this.#state = stateOf(page.root, page.writable);
    const current = () => this.session?.view ?? null;
    this.#toolbar = new Toolbar(page.root.querySelector("[data-toolbar]"), current);
    this.#notice = new DraftNotice(
      page.root.querySelector("[data-drafts]"),
      this.#drafts,
      () => this.session?.text.toString() ?? "",
      (reason) => (this.#drafted = reason),
    );
    startOutline(page.root, current);
    this.#dressTasks = startTasks(page.root, current);
    startViews(page.root, (view) => this.#viewChanged(view));
  }

  /** @param {NotePage} page */
  static async open(page) {
    const device = await Device.open(page.me.id);
    const room = new Room(page, device);
    await rescueEarlier(device, page, (text) => room.#keep(text, "earlier"));
    room.#begin();
    setInterval(() => room.#look(), LOOK_EVERY_MS);
    room.#watch();
    device?.sweep(Date.now()).catch(() => {});
    return room;
  }

  #begin() {
    const session = new Session(this.#page, this.#device, {
      onStatus: () => this.#look(),
      onUpdate: (update) => {
        if (update.docChanged || update.selectionSet || update.transactions.length) this.#toolbar.show(update.state);
      },
      onMounted: () => this.#mounted(),
      onSynced: () => this.#synced(session),
      onRole: (role) => this.#roleChanged(role),
      onOver: (reason, epoch) => this.#beginAnew(reason, epoch),
    });
    this.session = session;
    session.start();
    this.#look();
  }

  /**
   * The text is kept as a draft, the document is thrown away, and the note is opened as the server has it.
   * @param {Reason} reason
   * @param {number} [epoch]
   */
  async #beginAnew(reason, epoch) {
    const ending = this.session;
    const soon = Date.now() - this.#begunAnewAt < ANEW_AT_MOST_EVERY_MS;
    if (!ending || this.#beginning || (reason === "refused" && soon)) return;
    this.#beginning = true;
    this.#begunAnewAt = Date.now();
    ending.freeze();
    try {
      // First what could be lost, then everything else.
      await this.#keep(ending.text.toString(), reason);
      await ending.end({ forget: true });
      if (epoch !== undefined) this.#page.epoch = epoch;
      if (reason === "read-only") this.#page.writable = false;
    } finally {
      this.#beginning = false;
    }
    this.#begin();
  }

  /**
   * @param {string} text
   * @param {Reason} reason
   */
  async #keep(text, reason) {
    if (text.trim()) await this.#drafts.keep({ title: this.#title.name, text, reason });
  }

  /** @param {Session} session */
  async #synced(session) {
    if (this.#rescued !== session) {
      this.#rescued = session;
      await rescueLost(this.#device, this.#page, session.doc, (text) => this.#keep(text, "lost"));
    }
    this.#notice.show();
  }

  #mounted() {
    const view = this.session?.view;
    if (!view) return;
    this.#toolbar.show(view.state);
    this.#dressTasks();
    this.#notice.show();
    // A blank page is there to be written on. Elsewhere people read first, and touch screens would open a keyboard.
    const idle = document.activeElement === document.body;
    const blank = this.session?.writable && !view.state.doc.length && idle;
    if (blank && this.#page.root.dataset.view !== "read" && !matchMedia("(pointer: coarse)").matches) view.focus();
  }

  /** @param {string} shown */
  #viewChanged(shown) {
    const view = this.session?.view;
    view?.requestMeasure();
    if (shown === "write") view?.focus();
  }

  #look() {
    const { session } = this;
    if (!session) return;
    const { status } = session.provider;
    this.#lamp.show(
      describe({
        status,
        writable: session.writable,
        online: navigator.onLine,
        durable: session.keeper.durable,
        draft: this.#drafted,
        state: this.#state,
        now: Date.now(),
      }),
    );
    this.#standing.show(session, this.#state);
    if (session.writable !== this.#writable) {
      this.#writable = session.writable;
      this.#dressTasks();
    }
    this.#title.setUnsaved(status.unsaved > 0 && Date.now() - status.unsavedSince > 2000);
  }

  /** @param {import("./wire/protocol.js").Role | null} role */
  async #roleChanged(role) {
    const asked = ++this.#asked;
    const state = await askForState(this.#page, role);
    if (asked !== this.#asked) return;
    this.#state = state;
    this.#look();
  }

  /** Somebody may have signed in again in another tab. */
  async #comeBack() {
    if (!(await isReader(this.#page)) || !this.session?.signedOut) return;
    // A new page has all that belongs to the new session. What is in this tab only must be sent from this tab.
    if (this.session.unsaved) this.session.provider.connect();
    else location.reload();
  }

  #watch() {
    const wake = () => (this.session?.signedOut ? this.#comeBack() : this.session?.provider.wake());
    window.addEventListener("online", wake);
    // The browser believes that there is no network. It may be wrong (a server on this machine), so ask.
    window.addEventListener("offline", wake);
    document.addEventListener("visibilitychange", () => !document.hidden && wake());
    window.addEventListener("pageshow", (event) => event.persisted && wake());
    window.addEventListener("beforeunload", (event) => {
      if (this.session?.unsaved) event.preventDefault();
    });
  }
}

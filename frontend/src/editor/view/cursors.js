// Where others are: a caret in their ink with their name while it moves, and a tint on what they have selected.
import { StateEffect } from "@codemirror/state";
import { Decoration, ViewPlugin, WidgetType } from "@codemirror/view";
import { ySyncAnnotation } from "y-codemirror.next";
import * as Y from "yjs";

/**
 * @typedef {import("@codemirror/view").EditorView} EditorView
 * @typedef {import("@codemirror/state").ChangeDesc} ChangeDesc
 * @typedef {import("@codemirror/view").ViewUpdate} ViewUpdate
 * @typedef {import("@codemirror/view").DecorationSet} DecorationSet
 * @typedef {import("@codemirror/state").Text} Text
 * @typedef {import("y-protocols/awareness").Awareness} Awareness
 *
 * @typedef {Object} Cursor
 * @property {number} client
 * @property {string} name
 * @property {number} colour 1 to 8
 * @property {number} anchor
 * @property {number} head
 * @property {boolean} moving
 */

const NAMED_FOR_MS = 2000;
/** Pixels between a caret and its name, and a few to spare. */
const FLAG_GAP = 8;
const redraw = StateEffect.define();

class Caret extends WidgetType {
  /**
   * @param {Cursor} cursor
   * @param {boolean} atEnd Of a line: there the name covers no words.
   */
  constructor({ name, colour, moving }, atEnd) {
    super();
    this.name = name;
    this.colour = colour;
    this.moving = moving;
    this.atEnd = atEnd;
  }

  /** @override */
  toDOM() {
    const caret = document.createElement("span");
    caret.className = `caret p${this.colour}${this.moving ? " caret-moving" : ""}`;
    caret.setAttribute("aria-hidden", "true");
    const flag = document.createElement("span");
    flag.className = this.atEnd ? "flag flag-end" : "flag";
    flag.textContent = this.name;
    const dot = document.createElement("span");
    dot.className = "caret-dot";
    caret.append(dot, flag);
    return caret;
  }

  /** @override @param {Caret} other */
  eq(other) {
    const same = other.name === this.name && other.colour === this.colour;
    return same && other.moving === this.moving && other.atEnd === this.atEnd;
  }

  /** @override */
  ignoreEvent() {
    return true;
  }
}

/**
 * What is drawn for some cursors.
 * @param {Text} doc
 * @param {Iterable<Cursor>} cursors
 * @returns {DecorationSet}
 */
export function drawn(doc, cursors) {
  /** @type {import("@codemirror/state").Range<Decoration>[]} */
  const found = [];
  for (const cursor of cursors) {
    const [anchor, head] = [cursor.anchor, cursor.head].map((at) => Math.min(at, doc.length));
    if (anchor === undefined || head === undefined) continue;
    if (anchor !== head) {
      const tint = Decoration.mark({ class: `sel p${cursor.colour}` });
      found.push(tint.range(Math.min(anchor, head), Math.max(anchor, head)));
    }
    const atEnd = doc.lineAt(head).to === head;
    const side = head < anchor ? -1 : 1;
    found.push(Decoration.widget({ widget: new Caret(cursor, atEnd), side }).range(head));
  }
  return Decoration.set(found, true);
}

/**
 * Whether a text was written or taken away right before a place: whoever stands there did it.
 * @param {ChangeDesc} changes
 * @param {number} at In the new text.
 */
export function writtenAt(changes, at) {
  let found = false;
  changes.iterChangedRanges((_fromA, _toA, _fromB, toB) => void (found ||= toB === at));
  return found;
}

/**
 * Names that would be cut off at the right edge go to the left. It is not known before the carets stand in their place.
 * @param {EditorView} view
 */
function turnFlags(view) {
  view.requestMeasure({
    key: turnFlags,
    read: ({ contentDOM, scrollDOM }) => {
      const { right } = scrollDOM.getBoundingClientRect();
      return [...contentDOM.querySelectorAll(".caret > .flag")].map((flag) => {
        // A name that is not shown has no width yet; it may be pointed at later.
        const width = /** @type {HTMLElement} */ (flag).offsetWidth || 10 + 8 * (flag.textContent?.length ?? 0);
        const at = flag.parentElement?.getBoundingClientRect().right ?? 0;
        return { flag, left: at + FLAG_GAP + width > right };
      });
    },
    write: (flags) => flags.forEach(({ flag, left }) => flag.classList.toggle("flag-left", left)),
  });
}

class Cursors {
  /** @type {DecorationSet} */
  decorations = Decoration.none;
  /** @type {Map<number, Cursor>} */
  #cursors = new Map();
  /** @type {Map<number, ReturnType<typeof setTimeout>>} */
  #timers = new Map();
  #view;
  #text;
  #awareness;

  /**
   * @param {EditorView} view
   * @param {Y.Text} text
   * @param {Awareness} awareness
   */
  constructor(view, text, awareness) {
    this.#view = view;
    this.#text = text;
    this.#awareness = awareness;
    for (const client of awareness.getStates().keys()) this.#place(client, false);
    this.decorations = drawn(view.state.doc, this.#cursors.values());
    awareness.on("change", this.#heard);
    turnFlags(view);
  }

  /** @param {ViewUpdate} update */
  update(update) {
    if (update.docChanged) {
      const foreign = update.transactions.some((transaction) => transaction.annotation(ySyncAnnotation));
      // Whoever types is pushed along by their own letters. Often no message follows: their place is told by the letter
      // after it, which stays the same.
      for (const [client, cursor] of this.#cursors) {
        cursor.anchor = update.changes.mapPos(Math.min(cursor.anchor, update.startState.doc.length), 1);
        cursor.head = update.changes.mapPos(Math.min(cursor.head, update.startState.doc.length), 1);
        if (foreign && writtenAt(update.changes, cursor.head)) {
          cursor.moving = true;
          this.#restLater(client);
        }
      }
    }
    const asked = update.transactions.some((transaction) => transaction.effects.some((effect) => effect.is(redraw)));
    if (update.docChanged || asked) this.decorations = drawn(update.state.doc, this.#cursors.values());
    if (update.docChanged || asked || update.geometryChanged) turnFlags(update.view);
    if (update.selectionSet || update.docChanged || (update.focusChanged && update.view.hasFocus)) this.#say(update);
  }

  destroy() {
    this.#awareness.off("change", this.#heard);
    this.#timers.forEach(clearTimeout);
  }

  /** Tells the others where we are, once we have been in the text. @param {ViewUpdate} update */
  #say({ view, state }) {
    const known = this.#awareness.getLocalState();
    if (!known || (!view.hasFocus && !known.cursor)) return;
    const { anchor, head } = state.selection.main;
    const cursor = { anchor: this.#relative(anchor), head: this.#relative(head) };
    if (JSON.stringify(known.cursor) !== JSON.stringify(cursor)) this.#awareness.setLocalStateField("cursor", cursor);
  }

  /** @param {number} at */
  #relative(at) {
    return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.#text, at));
  }

  /** @param {{ added: number[], updated: number[], removed: number[] }} change */
  #heard = ({ added, updated, removed }) => {
    const others = [...added, ...updated, ...removed].filter((client) => client !== this.#awareness.clientID);
    if (!others.length) return;
    for (const client of others) this.#place(client, true);
    this.#view.dispatch({ effects: redraw.of(null) });
  };

  /**
   * @param {number} client
   * @param {boolean} moved
   */
  #place(client, moved) {
    if (client === this.#awareness.clientID) return;
    const state = this.#awareness.getStates().get(client);
    const anchor = this.#absolute(state?.cursor?.anchor);
    const head = this.#absolute(state?.cursor?.head);
    if (!state?.user || anchor === null || head === null) return void this.#cursors.delete(client);
    const { name, colour } = state.user;
    this.#cursors.set(client, { client, name: String(name), colour: Number(colour), anchor, head, moving: moved });
    if (moved) this.#restLater(client);
  }

  /** @param {unknown} position @returns {number | null} */
  #absolute(position) {
    if (!position) return null;
    try {
      const relative = Y.createRelativePositionFromJSON(position);
      const found = Y.createAbsolutePositionFromRelativePosition(relative, /** @type {Y.Doc} */ (this.#text.doc));
      return found?.type === this.#text ? found.index : null;
    } catch {
      return null; // it points at something that is not here
    }
  }

  /** @param {number} client */
  #restLater(client) {
    clearTimeout(this.#timers.get(client));
    const timer = setTimeout(() => {
      this.#timers.delete(client);
      const cursor = this.#cursors.get(client);
      if (!cursor?.moving) return;
      cursor.moving = false;
      this.#view.dispatch({ effects: redraw.of(null) });
    }, NAMED_FOR_MS);
    this.#timers.set(client, timer);
  }
}

/**
 * Must come after the binding of the text, so that both know the same text when a place is looked up.
 * @param {Y.Text} text
 * @param {Awareness} awareness
 */
export function remoteCursors(text, awareness) {
  return ViewPlugin.define((view) => new Cursors(view, text, awareness), { decorations: (value) => value.decorations });
}

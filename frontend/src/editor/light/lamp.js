// The saved light on the page: a lamp, a few words, and a longer sentence for whoever asks.
import { announce } from "../../lib/announce.js";

/**
 * @typedef {import("./words.js").Words} Words
 */

/** What a reader must hear at once; the rest is to be looked at. */
const TOLD = new Set([
  ...["offline", "reconnecting", "trouble", "refused", "signed-out", "signed-out-waiting"],
  ...["not-allowed", "not-found", "broken", "different"],
]);
/** A first letter takes a moment to reach the device, and others follow it: what is said then counts them all. */
const TOLD_AFTER_MS = 500;
const CALM = new Set(["saved", "saving", "read", "opening"]);

export class Lamp {
  /** @type {Words | null} */
  #shown = null;
  /** The last kind that was announced and is not over. */
  #worry = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #place;
  #lamp;
  #text;
  #detail;

  /** @param {HTMLElement} root The page of the note. */
  constructor(root) {
    this.#place = /** @type {HTMLElement | null} */ (root.querySelector("[data-light]"));
    this.#lamp = root.querySelector("[data-lamp]");
    this.#text = root.querySelector("[data-light-text]");
    this.#detail = /** @type {HTMLElement | null} */ (root.querySelector("[data-light-detail]"));
    // Seconds count down and times change: only what matters is announced, in a place of its own.
    this.#place?.setAttribute("aria-live", "off");
    if (this.#place && this.#detail) explain(this.#place, this.#detail);
  }

  /** @param {Words} words */
  show(words) {
    const before = this.#shown;
    if (before && before.lamp === words.lamp && before.strong === words.strong && before.text === words.text) {
      if (before.detail !== words.detail) this.#tell(words.detail);
    } else {
      if (this.#lamp) this.#lamp.className = `lamp lamp-${words.lamp}`;
      this.#text?.replaceChildren(...spoken(words));
      this.#tell(words.detail);
      if (before?.kind !== words.kind) this.#announceSoon(TOLD.has(words.kind) ? TOLD_AFTER_MS : 0);
    }
    this.#shown = words;
  }

  /** @param {string} detail */
  #tell(detail) {
    if (this.#detail) this.#detail.textContent = detail;
  }

  /** @param {number} delay */
  #announceSoon(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#shown && this.#announce(this.#shown), delay);
  }

  /** @param {Words} words */
  #announce({ kind, strong, text, detail }) {
    if (TOLD.has(kind)) {
      this.#worry = kind;
      // "in 4 s" is old when it is heard.
      announce(kind === "reconnecting" ? "The connection is lost. Trying again." : `${strong}. ${text}. ${detail}`);
    } else if (CALM.has(kind) && this.#worry && kind !== "saving" && kind !== "opening") {
      this.#worry = "";
      announce("Connected again. Everything is saved.");
    }
  }
}

/** @param {Words} words */
function spoken({ strong, text }) {
  if (!strong) return [text];
  const bold = document.createElement("b");
  bold.textContent = strong;
  return [bold, text ? `${text.startsWith("in ") ? " " : ", "}${text}` : ""];
}

/**
 * The longer sentence opens when the light is pointed at, focused or touched.
 * @param {HTMLElement} light
 * @param {HTMLElement} detail
 */
function explain(light, detail) {
  detail.id ||= "light-detail";
  detail.setAttribute("role", "tooltip");
  light.tabIndex = 0;
  light.setAttribute("aria-describedby", detail.id);
  const open = () => (detail.hidden = !detail.textContent);
  const close = () => (detail.hidden = true);
  light.addEventListener("pointerenter", open);
  light.addEventListener("pointerleave", () => document.activeElement !== light && close());
  light.addEventListener("focus", open);
  light.addEventListener("blur", close);
  light.addEventListener("click", open);
  light.addEventListener("keydown", (event) => event.key === "Escape" && close());
}

// The buttons above the text. One stop for Tab, arrows go from button to button.
import { commands, holds } from "./marks/commands.js";
import { searchPanelOpen } from "@codemirror/search";
import { canRedo, canUndo } from "./view/undo.js";

/**
 * @typedef {import("@codemirror/view").EditorView} EditorView
 * @typedef {import("@codemirror/state").EditorState} EditorState
 * @typedef {import("./marks/commands.js").CommandName} CommandName
 */

const KEYS = {
  bold: "B",
  italic: "I",
  code: "E",
  link: "K",
  strike: "Shift X",
  ordered: "Shift 7",
  bullet: "Shift 8",
  task: "Shift 9",
  undo: "Z",
  redo: "Shift Z",
  find: "F",
};

export class Toolbar {
  /** @type {{ button: HTMLButtonElement, name: CommandName }[]} */
  #buttons = [];
  #current;

  /**
   * @param {Element | null} bar
   * @param {() => EditorView | null} current
   */
  constructor(bar, current) {
    this.#current = current;
    if (!(bar instanceof HTMLElement)) return;
    for (const button of bar.querySelectorAll("button[data-command]")) {
      const name = button.getAttribute("data-command") ?? "";
      if (!(button instanceof HTMLButtonElement) || !(name in commands)) continue;
      this.#buttons.push({ button, name: /** @type {CommandName} */ (name) });
    }
    const mod = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl";
    for (const { button, name } of this.#buttons) {
      const key = KEYS[/** @type {keyof typeof KEYS} */ (name)];
      if (key) button.title = `${button.title || name} (${mod} ${key})`;
      // The selection must survive the click.
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.#run(name));
    }
    bar.addEventListener("keydown", (event) => this.#walk(event));
    bar.addEventListener("focusin", (event) => this.#makeStop(event.target));
    this.#makeStop(this.#buttons[0]?.button ?? null);
  }

  /** @param {EditorState} state */
  show(state) {
    for (const { button, name } of this.#buttons) {
      const pressed = name === "find" ? searchPanelOpen(state) : holds(name, state);
      if (pressed !== undefined) set(button, "aria-pressed", String(pressed));
      const off = name === "undo" ? !canUndo(state) : name === "redo" ? !canRedo(state) : false;
      // aria-disabled, not disabled: a button that loses the focus under one's fingers is lost.
      set(button, "aria-disabled", String(off || (state.readOnly && name !== "find")));
    }
  }

  /** @param {CommandName} name */
  #run(name) {
    const view = this.#current();
    if (!view) return;
    commands[name](view);
    if (name !== "find") view.focus();
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const buttons = this.#buttons.map(({ button }) => button);
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    if (at < 0) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons.at(to % buttons.length)?.focus();
  }

  /** @param {EventTarget | null} target */
  #makeStop(target) {
    const known = this.#buttons.some(({ button }) => button === target);
    if (!known) return;
    for (const { button } of this.#buttons) button.tabIndex = button === target ? 0 : -1;
  }
}

/**
 * Attributes that do not change are not written: this runs at every keystroke.
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

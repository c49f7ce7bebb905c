// Find and replace, as a panel above the text, in the look of the page.
import {
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  openSearchPanel,
  replaceAll,
  replaceNext,
  search,
  SearchQuery,
  searchKeymap,
  searchPanelOpen,
  setSearchQuery,
} from "@codemirror/search";
import { keymap, runScopeHandlers } from "@codemirror/view";
import { element } from "../../lib/dom.js";
import { icon } from "../../lib/icon.js";

/**
 * @typedef {import("@codemirror/view").EditorView} EditorView
 */

const COUNT_UP_TO = 999;

/** @param {EditorView} view */
export function toggleFind(view) {
  return searchPanelOpen(view.state) ? closeSearchPanel(view) : openSearchPanel(view);
}

export const find = [
  search({ top: true, createPanel: (view) => new FindPanel(view) }),
  // Going to a line number and selecting all matches are not for prose.
  keymap.of(searchKeymap.filter(({ key }) => key !== "Mod-Alt-g" && key !== "Mod-Shift-l")),
];

class FindPanel {
  top = true;
  #view;
  #query;
  #count;
  #find;
  #replace;
  #case;

  /** @param {EditorView} view */
  constructor(view) {
    this.#view = view;
    this.#query = getSearchQuery(view.state);
    this.#find = field("Find", { "main-field": "true" });
    this.#replace = field("Replace with");
    this.#count = element("span", { class: "find-count", role: "status" });
    this.#case = iconButton("Match case", "Aa", () => this.#switchCase());
    const first = element(
      "div",
      { class: "find-row" },
      this.#find,
      this.#case,
      iconButton("Previous match", icon("chevron-up"), () => findPrevious(view)),
      iconButton("Next match", icon("chevron-down"), () => findNext(view)),
      this.#count,
      iconButton("Close", icon("x"), () => closeSearchPanel(view)),
    );
    const one = textButton("Replace", () => replaceNext(view));
    const all = textButton("Replace all", () => replaceAll(view));
    const second = element("div", { class: "find-row" }, this.#replace, one, all);
    this.dom = element("div", { class: "find", role: "search", "aria-label": "In this note" }, first);
    if (!view.state.readOnly) this.dom.append(second);
    this.#find.addEventListener("input", () => this.#commit());
    this.#replace.addEventListener("input", () => this.#commit());
    this.dom.addEventListener("keydown", (event) => this.#key(event));
    this.#fill();
  }

  mount() {
    this.#find.select();
  }

  /** @param {import("@codemirror/view").ViewUpdate} update */
  update(update) {
    for (const transaction of update.transactions) {
      for (const effect of transaction.effects) {
        if (effect.is(setSearchQuery) && !effect.value.eq(this.#query)) {
          this.#query = effect.value;
          this.#fill();
        }
      }
    }
    if (update.docChanged || update.selectionSet) this.#recount();
  }

  #switchCase() {
    this.#case.setAttribute("aria-pressed", String(this.#case.getAttribute("aria-pressed") !== "true"));
    this.#commit();
  }

  #commit() {
    this.#query = new SearchQuery({
      search: this.#find.value,
      replace: this.#replace.value,
      caseSensitive: this.#case.getAttribute("aria-pressed") === "true",
      literal: true,
    });
    this.#view.dispatch({ effects: setSearchQuery.of(this.#query) });
    this.#recount();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (runScopeHandlers(this.#view, event, "search-panel")) return event.preventDefault();
    if (event.key !== "Enter") return undefined;
    if (event.target === this.#find) (event.shiftKey ? findPrevious : findNext)(this.#view);
    else if (event.target === this.#replace) replaceNext(this.#view);
    else return undefined;
    return event.preventDefault();
  }

  #fill() {
    this.#find.value = this.#query.search;
    this.#replace.value = this.#query.replace;
    this.#case.setAttribute("aria-pressed", String(this.#query.caseSensitive));
    this.#recount();
  }

  #recount() {
    if (!this.#query.valid) return void (this.#count.textContent = "");
    const { from } = this.#view.state.selection.main;
    let total = 0;
    let at = 0;
    const cursor = this.#query.getCursor(this.#view.state);
    for (let step = cursor.next(); !step.done && total < COUNT_UP_TO; step = cursor.next()) {
      total += 1;
      if (step.value.from === from) at = total;
    }
    const many = total === COUNT_UP_TO ? `${total}+` : String(total);
    this.#count.textContent = total === 0 ? "none" : at ? `${at} of ${many}` : many;
  }
}

/**
 * @param {string} label
 * @param {Record<string, string>} [more]
 */
function field(label, more = {}) {
  const plain = { type: "text", class: "input find-field", autocomplete: "off", spellcheck: "false" };
  return element("input", { ...plain, placeholder: label, "aria-label": label, ...more });
}

/**
 * @param {string} label
 * @param {Element | string} picture
 * @param {() => unknown} act
 */
function iconButton(label, picture, act) {
  const named = { type: "button", class: "iconbtn", title: label, "aria-label": label };
  return element("button", { ...named, onclick: act }, picture);
}

/**
 * @param {string} words
 * @param {() => unknown} act
 */
function textButton(words, act) {
  return element("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: act }, words);
}

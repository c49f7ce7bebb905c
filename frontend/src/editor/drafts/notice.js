// What stands above a note while a draft of it is kept: compare, copy, download, discard.
import { toast } from "../../app/toasts.js";
import { element } from "../../lib/dom.js";
import { icon } from "../../lib/icon.js";
import { announce } from "../../lib/announce.js";
import { REASONS } from "./drafts.js";

/**
 * @typedef {import("../offline/device.js").Draft} Draft
 * @typedef {import("./drafts.js").Drafts} Drafts
 * @typedef {import("./drafts.js").Reason} Reason
 */

const WHEN = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export class DraftNotice {
  /** @type {Set<string>} */
  #told = new Set();
  #place;
  #drafts;
  #textNow;
  #onChange;

  /**
   * @param {Element | null} place
   * @param {Drafts} drafts
   * @param {() => string} textNow The note as it stands.
   * @param {(latest: Reason | null) => void} onChange
   */
  constructor(place, drafts, textNow, onChange) {
    this.#place = place;
    this.#drafts = drafts;
    this.#textNow = textNow;
    this.#onChange = onChange;
  }

  /** Shows what is kept; what the note holds meanwhile is let go. */
  async show() {
    const now = this.#textNow();
    const kept = [];
    for (const draft of await this.#drafts.all()) {
      if (draft.text === now || !draft.text.trim()) await this.#drafts.remove(draft);
      else kept.push(draft);
    }
    this.#place?.replaceChildren(...kept.map((draft) => this.#row(draft)));
    for (const { reason } of kept) {
      const words = REASONS[/** @type {Reason} */ (reason)];
      if (words && !this.#told.has(reason)) announce(words);
      this.#told.add(reason);
    }
    this.#onChange(/** @type {Reason | undefined} */ (kept[0]?.reason) ?? null);
  }

  /** @param {Draft} draft */
  #row(draft) {
    const words = REASONS[/** @type {Reason} */ (draft.reason)] ?? "A text of yours is kept.";
    return element(
      "div",
      { class: "notice-row", role: "group", "aria-label": "A kept draft" },
      icon("file-clock"),
      element("span", {}, words, ` ${WHEN.format(draft.at)}.`),
      element(
        "span",
        { class: "end actions" },
        action("Compare", () => this.#compare(draft)),
        action("Copy", () => copy(draft)),
        action("Download", () => download(draft)),
        this.#discardButton(draft),
      ),
    );
  }

  /** @param {Draft} draft */
  async #compare(draft) {
    const { compare } = await import("./compare.js");
    compare(draft, this.#textNow());
  }

  /** Asks once more, in the button itself. @param {Draft} draft */
  #discardButton(draft) {
    const button = action("Discard", async () => {
      if (button.dataset.sure === undefined) {
        button.dataset.sure = "";
        button.textContent = "Really discard";
        return;
      }
      await this.#drafts.remove(draft);
      await this.show();
    });
    button.addEventListener("blur", () => {
      delete button.dataset.sure;
      button.textContent = "Discard";
    });
    return button;
  }
}

/**
 * @param {string} words
 * @param {() => unknown} act
 */
function action(words, act) {
  return element("button", { type: "button", class: "btn btn-quiet btn-sm", onclick: act }, words);
}

/** @param {Draft} draft */
async function copy(draft) {
  try {
    await navigator.clipboard.writeText(draft.text);
    toast("Copied.");
  } catch {
    // Browsers refuse it without https, and when the page has no focus.
    toast("This browser does not let the page copy. Download it instead.", "error");
  }
}

/** @param {Draft} draft */
function download(draft) {
  const url = URL.createObjectURL(new Blob([draft.text], { type: "text/markdown;charset=utf-8" }));
  const name = draft.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "note";
  element("a", { href: url, download: `${name}-draft.md` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

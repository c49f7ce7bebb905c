// Two texts side by side, what differs marked. Loaded when somebody asks for it.
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { element } from "../../lib/dom.js";
import { icon } from "../../lib/icon.js";
import { nonce, theme } from "../view/theme.js";

/**
 * @typedef {import("../offline/device.js").Draft} Draft
 */

const look = EditorView.theme({
  "&": { maxHeight: "none" },
  ".cm-content": { padding: "10px 20px" },
  ".cm-changedLine": { backgroundColor: "color-mix(in oklab, var(--color-info) 9%, transparent) !important" },
  ".cm-changedText": {
    background: "color-mix(in oklab, var(--color-info) 24%, transparent) !important",
    borderRadius: "2px",
  },
});

/**
 * @param {Draft} draft
 * @param {string} now
 */
export function compare(draft, now) {
  const body = element("div", { class: "compare" });
  const titles = element("div", { class: "compare-titles" });
  for (const title of ["Yours", "The note now"]) titles.append(element("h3", { class: "h2 h2-small" }, title));
  const close = element("button", { class: "iconbtn", type: "button", "aria-label": "Close" }, icon("x"));
  const dialog = element(
    "dialog",
    { class: "sheet sheet-wide", "aria-label": "Your draft beside the note" },
    element("div", { class: "sheet-head" }, element("h2", { class: "h2" }, "Your draft beside the note"), close),
    titles,
    body,
  );
  const merge = new MergeView({
    parent: body,
    a: { doc: draft.text, extensions: readOnly("Your draft") },
    b: { doc: now, extensions: readOnly("The note as it stands") },
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: false,
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    merge.destroy();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} label */
function readOnly(label) {
  return [
    EditorState.readOnly.of(true),
    EditorState.lineSeparator.of("\n"),
    EditorView.lineWrapping,
    EditorView.cspNonce.of(nonce()),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true" }),
    theme,
    look,
  ];
}

// A box on the set page can be ticked: that is an edit of the source, like any other.
import { blocksOf } from "./blocks.js";

/**
 * @typedef {import("@codemirror/view").EditorView} EditorView
 */

const TASK = /^(\s*(?:>\s*)*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)([ xX])(?=\])/;

/**
 * @param {HTMLElement} root
 * @param {() => EditorView | null} current
 */
export function startTasks(root, current) {
  const page = root.querySelector("[data-preview]");
  page?.addEventListener("click", (event) => {
    const box = event.target instanceof Element && event.target.closest(".task > .box");
    const view = current();
    if (box && view && !view.state.readOnly) tick(view, page, box);
  });
  // Morphing puts fresh boxes in: they are controls for whoever may write, as long as they may.
  const dress = () => {
    const writable = current()?.state.readOnly === false;
    for (const box of page?.querySelectorAll(".task > .box") ?? []) makeControl(box, writable);
  };
  page?.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || (event.key !== " " && event.key !== "Enter")) return;
    const box = event.target instanceof Element && event.target.closest(".task > .box[role='checkbox']");
    const view = current();
    if (!box || !view || view.state.readOnly) return;
    event.preventDefault();
    tick(view, page, box);
  });
  document.addEventListener("htmx:after:settle", dress);
  return dress;
}

/**
 * @param {Element} box
 * @param {boolean} writable
 */
function makeControl(box, writable) {
  if (!writable) {
    for (const name of ["role", "aria-checked", "aria-label", "tabindex"]) box.removeAttribute(name);
    return;
  }
  box.setAttribute("role", "checkbox");
  box.setAttribute("aria-checked", String(box.classList.contains("on")));
  box.setAttribute("aria-label", box.parentElement?.textContent?.replace("✓", "").trim().slice(0, 80) || "task");
  box.setAttribute("tabindex", "0");
}

/**
 * The n-th box of a block is the n-th task among its lines.
 * @param {EditorView} view
 * @param {Element} page
 * @param {Element} box
 */
function tick(view, page, box) {
  const blocks = blocksOf(page);
  const block = blocks.find(({ element }) => element.contains(box));
  if (!block) return;
  const index = [...block.element.querySelectorAll(".task > .box")].indexOf(box);
  const { doc } = view.state;
  let seen = -1;
  for (let number = block.first; number <= Math.min(block.last, doc.lines); number++) {
    const line = doc.line(number);
    const found = TASK.exec(line.text);
    if (!found || ++seen < index) continue;
    const at = line.from + (found[1]?.length ?? 0);
    const on = found[2] !== " ";
    // The page shows what was; if somebody ticked it meanwhile, the wish is fulfilled already.
    if (on !== box.classList.contains("on")) return;
    view.dispatch({ changes: { from: at, to: at + 1, insert: on ? " " : "x" }, userEvent: "input.task" });
    box.classList.toggle("on", !on);
    box.setAttribute("aria-checked", String(!on));
    return;
  }
}


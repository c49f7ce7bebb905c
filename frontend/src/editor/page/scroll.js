// In the view of both, source and page stay roughly in step: whichever is scrolled leads.
import { blockAt, blocksOf } from "./blocks.js";

/**
 * @typedef {import("@codemirror/view").EditorView} EditorView
 */

/**
 * @param {EditorView} view
 * @param {HTMLElement} root
 * @returns {() => void} Stops it.
 */
export function keepInStep(view, root) {
  const page = /** @type {HTMLElement | null} */ (root.querySelector("[data-preview]"));
  const pane = page?.closest("section") ?? null;
  if (!page || !pane) return () => {};
  const source = view.scrollDOM;
  /** @type {Element | null} */
  let leader = null;
  const ends = new AbortController();
  const { signal } = ends;
  for (const [area, element] of /** @type {const} */ ([["source", source], ["page", pane]])) {
    for (const event of ["pointerenter", "wheel", "touchstart", "focusin", "keydown"]) {
      element.addEventListener(event, () => (leader = element), { signal, passive: true });
    }
    element.addEventListener("scroll", () => follow(area), { signal, passive: true });
  }
  let waiting = false;
  /** @param {"source" | "page"} area */
  const follow = (area) => {
    if (root.dataset.view !== "both" || waiting) return;
    if (leader !== (area === "source" ? source : pane)) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (area === "source") pageFollows(view, page, pane);
      else sourceFollows(view, page, pane);
    });
  };
  return () => ends.abort();
}

/**
 * @param {EditorView} view
 * @param {HTMLElement} page
 * @param {HTMLElement} pane
 */
function pageFollows(view, page, pane) {
  const { scrollTop, scrollHeight, clientHeight } = view.scrollDOM;
  if (scrollTop <= 0) return void (pane.scrollTop = 0);
  if (scrollTop + clientHeight >= scrollHeight - 2) return void (pane.scrollTop = pane.scrollHeight);
  const line = view.lineBlockAtHeight(scrollTop - view.documentPadding.top);
  const number = view.state.doc.lineAt(line.from).number;
  const into = (scrollTop - view.documentPadding.top - line.top) / Math.max(1, line.height);
  const block = blockAt(blocksOf(page), number);
  if (!block) return undefined;
  const share = (number + into - block.first) / (block.last - block.first + 1);
  const { top, height } = placeOf(block.element, pane);
  pane.scrollTop = top + Math.min(Math.max(share, 0), 1) * height;
}

/**
 * @param {EditorView} view
 * @param {HTMLElement} page
 * @param {HTMLElement} pane
 */
function sourceFollows(view, page, pane) {
  const { scrollTop, scrollHeight, clientHeight } = pane;
  const source = view.scrollDOM;
  if (scrollTop <= 0) return void (source.scrollTop = 0);
  if (scrollTop + clientHeight >= scrollHeight - 2) return void (source.scrollTop = source.scrollHeight);
  const block = blocksOf(page).findLast(({ element }) => placeOf(element, pane).top <= scrollTop);
  if (!block) return undefined;
  const { top, height } = placeOf(block.element, pane);
  const share = Math.min((scrollTop - top) / Math.max(1, height), 1);
  const exact = block.first + share * (block.last - block.first + 1);
  const number = Math.min(Math.floor(exact), view.state.doc.lines);
  const line = view.lineBlockAt(view.state.doc.line(number).from);
  source.scrollTop = line.top + view.documentPadding.top + (exact - number) * line.height;
}

/**
 * @param {HTMLElement} element
 * @param {HTMLElement} pane
 */
function placeOf(element, pane) {
  const box = element.getBoundingClientRect();
  return { top: box.top - pane.getBoundingClientRect().top + pane.scrollTop, height: box.height };
}

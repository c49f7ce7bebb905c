// The outline comes from the server. A click in it brings the heading up in the source too.
import { syntaxTree } from "@codemirror/language";
import { EditorView } from "@codemirror/view";

/**
 * @param {HTMLElement} root
 * @param {() => EditorView | null} current
 */
export function startOutline(root, current) {
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest(".outline a[href^='#']");
    if (!link) return;
    closePanel(link);
    const view = current();
    if (!view || root.dataset.view === "read") return;
    const links = [...(link.closest(".outline")?.querySelectorAll("a") ?? [])];
    const at = headingsOf(view)[links.indexOf(/** @type {HTMLAnchorElement} */ (link))];
    if (at === undefined) return;
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "start", yMargin: 12 }) });
    if (root.dataset.view === "write") {
      event.preventDefault();
      view.focus();
    }
  });
}

/**
 * Where the headings begin, in order.
 * @param {EditorView} view
 * @returns {number[]}
 */
export function headingsOf(view) {
  /** @type {number[]} */
  const found = [];
  syntaxTree(view.state).iterate({
    enter: ({ name, from }) => void (/^(?:ATX|Setext)Heading\d$/.test(name) && found.push(from)),
  });
  return found;
}

/** On a phone the outline is a sheet over the note. @param {Element} link */
function closePanel(link) {
  const panel = link.closest("[popover]");
  if (panel instanceof HTMLElement && panel.matches(":popover-open")) panel.hidePopover();
}

// CodeMirror in the tokens of the look. Mounted by CodeMirror itself, with the page's nonce.
import { EditorView } from "@codemirror/view";

const ink = "var(--color-base-content)";
/** @param {number} percent */
const tint = (percent) => `color-mix(in oklab, ${ink} ${percent}%, transparent)`;

/** The nonce under which the content security policy admits a style sheet. */
export function nonce() {
  const meta = document.querySelector('meta[property="csp-nonce"], meta[name="csp-nonce"]');
  return meta instanceof HTMLElement ? meta.nonce || meta.getAttribute("content") || "" : "";
}

export const theme = EditorView.theme({
  "&": { flex: "1", minHeight: "0", color: ink, fontSize: "12.75px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono)",
    fontVariantLigatures: "none",
    lineHeight: "22px",
    overflow: "auto",
  },
  ".cm-content": { padding: "14px 0 72px", caretColor: ink },
  ".cm-line": { padding: "0 14px 0 0" },
  ".cm-gutters": { backgroundColor: "transparent", border: "0", color: "var(--faint)" },
  ".cm-lineNumbers .cm-gutterElement": {
    minWidth: "46px",
    padding: "0 16px 0 0",
    fontSize: "11px",
  },
  ".cm-activeLine": { backgroundColor: tint(3.5) },
  ".cm-activeLineGutter": { backgroundColor: tint(3.5), color: ink },
  ".cm-cursor": { borderLeft: `2px solid ${ink}`, marginLeft: "-1px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "color-mix(in oklab, var(--color-primary) 20%, transparent)",
  },
  ".cm-placeholder": { color: "var(--muted)", whiteSpace: "pre-wrap" },
  ".cm-searchMatch": { backgroundColor: "color-mix(in oklab, var(--color-warning) 24%, transparent)" },
  ".cm-searchMatch-selected": {
    backgroundColor: "color-mix(in oklab, var(--color-warning) 46%, transparent)",
    outline: "1px solid var(--color-warning)",
  },
  ".cm-panels": { backgroundColor: "var(--color-base-100)", color: ink, border: "0" },
  ".cm-panels-top": { borderBottom: "1px solid var(--rule)" },

  // Somebody else's cursor: steady, its name while it moves and when pointed at.
  ".caret": { height: "1.2em", zIndex: "5" },
  ".caret::after": { content: '""', position: "absolute", inset: "-4px -5px" },
  ".caret .flag": { zIndex: "6", pointerEvents: "none", userSelect: "none" },
  ".caret:not(.caret-moving):not(:hover) .flag": { display: "none" },
  ".caret-dot": {
    position: "absolute",
    left: "-2px",
    top: "-3px",
    width: "6px",
    height: "6px",
    borderRadius: "9px",
    backgroundColor: "var(--p)",
  },
  ".caret-moving .caret-dot, .caret:hover .caret-dot": { display: "none" },

  // Text below 16 px makes phones zoom when it is touched.
  "@media (pointer: coarse)": {
    "&": { fontSize: "16px" },
    ".cm-scroller": { lineHeight: "26px" },
    ".cm-lineNumbers .cm-gutterElement": { minWidth: "34px", padding: "0 10px 0 0", fontSize: "11px" },
  },
  "@media print": { ".cm-gutters": { display: "none" } },
});

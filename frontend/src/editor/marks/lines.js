// What stands at the beginning of a line: headings, lists, quotations.
import { EditorSelection } from "@codemirror/state";

/**
 * @typedef {import("@codemirror/view").Command} Command
 * @typedef {import("@codemirror/state").EditorState} EditorState
 * @typedef {import("@codemirror/state").Line} Line
 *
 * @typedef {"bullet" | "ordered" | "task"} ListKind
 */

const LIST = /^(\s*)(?:([-*+])|(\d{1,9})[.)])[ \t]+(\[[ xX]\][ \t]+)?/;
const HEADING = /^#{1,6}[ \t]+/;
const QUOTE = /^\s*>[ \t]?/;

/**
 * Which kind of list item a line is.
 * @param {string} text
 * @returns {ListKind | null}
 */
export function listKind(text) {
  const found = LIST.exec(text);
  if (!found) return null;
  if (found[4]) return "task";
  return found[3] ? "ordered" : "bullet";
}

/**
 * @param {ListKind} kind
 * @returns {Command}
 */
export function list(kind) {
  return onLines((lines) => {
    const all = lines.every(({ text }) => listKind(text) === kind);
    let number = 0;
    return lines.map(({ text }) => {
      const [marks = "", indent = /^\s*/.exec(text)?.[0] ?? ""] = LIST.exec(text) ?? [];
      const old = marks || indent;
      if (all) return { old, put: indent };
      number += 1;
      return { old, put: indent + { bullet: "- ", ordered: `${number}. `, task: "- [ ] " }[kind] };
    });
  });
}

export const quote = onLines((lines) => {
  const all = lines.every(({ text }) => QUOTE.test(text));
  return lines.map(({ text }) => (all ? { old: QUOTE.exec(text)?.[0] ?? "", put: "" } : { old: "", put: "> " }));
});

/**
 * Makes headings of this level, or plain lines again.
 * @param {number} level
 */
export function heading(level) {
  return onLines((lines) => {
    const put = `${"#".repeat(level)} `;
    const all = lines.every(({ text }) => text.startsWith(put));
    return lines.map(({ text }) => ({ old: HEADING.exec(text)?.[0] ?? "", put: all ? "" : put }));
  });
}

/** From plain to a heading, a smaller one, and plain again. */
export const nextHeading = onLines((lines) => {
  const now = /^#*/.exec(lines[0]?.text ?? "")?.[0].length ?? 0;
  const level = now === 0 ? 2 : now >= 3 ? 0 : now + 1;
  const put = level ? `${"#".repeat(level)} ` : "";
  return lines.map(({ text }) => ({ old: HEADING.exec(text)?.[0] ?? "", put }));
});

/**
 * A command that exchanges the beginnings of the selected lines. Blank ones are passed over, unless it is the only one.
 * @param {(lines: Line[]) => { old: string, put: string }[]} beginnings
 * @returns {Command}
 */
function onLines(beginnings) {
  return (view) => {
    const { state } = view;
    if (state.readOnly) return false;
    const lines = selectedLines(state);
    const worked = lines.length > 1 ? lines.filter(({ text }) => text.trim()) : lines;
    const changes = state.changes(
      beginnings(worked).map(({ old, put }, index) => {
        const { from } = /** @type {Line} */ (worked[index]);
        return { from, to: from + old.length, insert: put };
      }),
    );
    // The cursor stays at its letter, or goes after a new mark.
    const selection = EditorSelection.create(
      state.selection.ranges.map((range) =>
        EditorSelection.range(changes.mapPos(range.anchor, 1), changes.mapPos(range.head, 1)),
      ),
      state.selection.mainIndex,
    );
    view.dispatch({ changes, selection, scrollIntoView: true, userEvent: "input.format" });
    return true;
  };
}

/**
 * @param {EditorState} state
 * @returns {Line[]}
 */
export function selectedLines(state) {
  /** @type {Map<number, Line>} */
  const lines = new Map();
  for (const { from, to } of state.selection.ranges) {
    for (let at = from; ; ) {
      const line = state.doc.lineAt(at);
      lines.set(line.from, line);
      if (line.to >= to) break;
      at = line.to + 1;
    }
  }
  return [...lines.values()].sort((a, b) => a.from - b.from);
}

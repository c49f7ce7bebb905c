import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { languages } from "@codemirror/language-data";
import { styleTags, tags } from "@lezer/highlight";

/**
 * @typedef {import("@lezer/markdown").MarkdownConfig} MarkdownConfig
 */

const DOLLAR = 36;
const BRACKET = 91;
const BACKSLASH = 92;
const CALLOUT = /^\[!(?:note|tip|important|warning|caution)\]/i;
const DISPLAYED = /^\$\$(?:\\.|[^\\$])+\$\$/s;
const IN_LINE = /^\$(?![\s$])(?:\\.|[^\\$])*(?<!\s)\$(?!\d)/s;

/** $formulas$ and $$displayed ones$$ in a line. @type {MarkdownConfig} */
export const formulas = {
  defineNodes: [
    { name: "Formula", style: tags.string },
    { name: "FormulaMark", style: tags.processingInstruction },
  ],
  parseInline: [
    {
      name: "Formula",
      before: "Emphasis",
      parse(context, next, at) {
        if (next !== DOLLAR || context.char(at - 1) === BACKSLASH) return -1;
        const rest = context.slice(at, context.end);
        const displayed = DISPLAYED.exec(rest);
        const found = displayed ?? IN_LINE.exec(rest);
        if (!found) return -1;
        const end = at + found[0].length;
        const mark = displayed ? 2 : 1;
        const marks = [context.elt("FormulaMark", at, at + mark), context.elt("FormulaMark", end - mark, end)];
        return context.addElement(context.elt("Formula", at, end, marks));
      },
    },
  ],
};

/** The first line of a callout: > [!tip] Title. @type {MarkdownConfig} */
export const callouts = {
  defineNodes: [{ name: "CalloutKind", style: tags.keyword }],
  parseInline: [
    {
      name: "CalloutKind",
      before: "Link",
      parse(context, next, at) {
        if (next !== BRACKET || at !== context.offset) return -1;
        const found = CALLOUT.exec(context.slice(at, context.end));
        return found ? context.addElement(context.elt("CalloutKind", at, at + found[0].length)) : -1;
      },
    },
  ],
};

/** Marks are quiet, wherever they stand. @type {MarkdownConfig} */
const quietMarks = {
  props: [styleTags({ TaskMarker: tags.processingInstruction, "TableHeader/...": tags.strong })],
};

/** Markdown as notes are written. The language of a block of code is loaded when somebody writes one. */
export const noteLanguage = () =>
  markdown({
    base: markdownLanguage,
    codeLanguages: languages,
    completeHTMLTags: false,
    extensions: [formulas, callouts, quietMarks],
  });

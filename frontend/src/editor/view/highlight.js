import { HighlightStyle } from "@codemirror/language";
import { tags } from "@lezer/highlight";

/** Five inks for code, the accent for headings, faint for the marks of Markdown. */
export const highlight = HighlightStyle.define([
  { tag: tags.heading, color: "var(--color-primary)", fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through", color: "var(--muted)" },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.url], color: "var(--faint)" },
  { tag: tags.link, color: "var(--tok-f)" },
  { tag: tags.quote, color: "var(--muted)" },
  { tag: [tags.labelName, tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--tok-f)" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.tagName, tags.annotation], color: "var(--tok-k)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.attributeValue], color: "var(--tok-s)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.color], color: "var(--tok-n)" },
  { tag: [tags.comment, tags.meta], color: "var(--tok-c)", fontStyle: "italic" },
  { tag: [tags.className, tags.typeName, tags.definition(tags.typeName)], color: "var(--tok-f)" },
]);

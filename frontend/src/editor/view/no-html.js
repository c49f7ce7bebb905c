// Stands in for @codemirror/lang-html inside the Markdown language: HTML in a note is shown as text, never rendered, so
// the parsers of HTML, CSS and JavaScript need not be on every note's page. Blocks of such code still get theirs.
export const html = () => ({ support: [], language: { parser: null } });
export const htmlCompletionSource = () => null;

import { EditorView } from "@codemirror/view";

/** What is dropped or pasted arrives as plain text; a file is no text. */
export const plainText = EditorView.domEventHandlers({
  drop(event) {
    if (!event.dataTransfer?.files.length) return false;
    event.preventDefault();
    return true;
  },
  paste(event) {
    const data = event.clipboardData;
    if (!data?.files.length || data.types.includes("text/plain")) return false;
    event.preventDefault();
    return true;
  },
});

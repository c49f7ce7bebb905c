// What was written offline in an earlier epoch of a note, and never saved, becomes a draft.
import * as Y from "yjs";

/**
 * @typedef {import("./device.js").Device} Device
 */

/**
 * @param {Device | null} device
 * @param {{ note: string, epoch: number }} page
 * @param {(text: string) => Promise<void>} keep
 */
export async function rescueEarlier(device, { note, epoch }, keep) {
  if (!device) return;
  try {
    for (const { key, epoch: old } of await device.kept(note)) {
      if (old >= epoch) continue;
      const { updates, unsaved } = await device.load(key);
      if (unsaved) await keep(textOf(updates));
      await device.forget(key);
    }
  } catch {
    // The device fails: then what lies there stays there, and the note opens all the same.
  }
}

/** @param {Uint8Array[]} updates */
function textOf(updates) {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  const text = doc.getText("content").toString();
  doc.destroy();
  return text;
}

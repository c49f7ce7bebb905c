// What was written offline in an earlier epoch of a note, and never saved, becomes a draft.
import * as Y from "yjs";
import { within } from "../../lib/within.js";

/**
 * @typedef {import("./device.js").Device} Device
 */

const RESCUED_WITHIN_MS = 2000;

/**
 * Never fails and never hangs: the note waits for it.
 * @param {Device | null} device
 * @param {{ note: string, epoch: number }} page
 * @param {(text: string) => Promise<void>} keep
 */
export async function rescueEarlier(device, page, keep) {
  if (!device) return;
  try {
    await within(RESCUED_WITHIN_MS, rescue(device, page, keep));
  } catch {
    // The device fails: then what lies there stays there, and the note opens all the same.
  }
}

/**
 * @param {Device} device
 * @param {{ note: string, epoch: number }} page
 * @param {(text: string) => Promise<void>} keep
 */
async function rescue(device, { note, epoch }, keep) {
  for (const { key, epoch: old } of await device.kept(note)) {
    if (old >= epoch) continue;
    const { updates, unsaved } = await device.load(key);
    if (unsaved) await keep(textOf(updates));
    await device.forget(key);
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

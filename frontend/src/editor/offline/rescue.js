// What this device holds of earlier epochs of a note, and the note does not: it becomes a draft.
import * as Y from "yjs";
import { within } from "../../lib/within.js";

/**
 * @typedef {import("./device.js").Device} Device
 */

const RESCUED_WITHIN_MS = 2000;

/**
 * What was written offline and never saved. Never fails and never hangs: the note waits for it.
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
    if (!unsaved) continue;
    await keep(textOf(updates));
    await device.forget(key);
  }
}

/**
 * What was saved once, and is not in the note that the server has now: it may have been restored from a backup that is
 * older. To be asked when `doc` holds all that the server has. Never fails.
 * @param {Device | null} device
 * @param {{ note: string, epoch: number }} page
 * @param {Y.Doc} doc
 * @param {(text: string) => Promise<void>} keep
 */
export async function rescueLost(device, { note, epoch }, doc, keep) {
  if (!device) return;
  try {
    for (const { key, epoch: old } of await device.kept(note)) {
      if (old >= epoch) continue;
      const { updates } = await device.load(key);
      if (updates.some((update) => holdsMore(update, doc))) await keep(textOf(updates));
      await device.forget(key);
    }
  } catch {
    // It stays where it is, until the note is opened again.
  }
}

/**
 * Whether somebody wrote something in this update that the document has never seen. A restored note goes on with the
 * ids of before, so they can be compared.
 * @param {Uint8Array} update
 * @param {Y.Doc} doc
 */
function holdsMore(update, doc) {
  const { to } = Y.parseUpdateMeta(update);
  return [...to].some(([client, clock]) => clock > Y.getState(doc.store, client));
}

/** @param {Uint8Array[]} updates */
function textOf(updates) {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  const text = doc.getText("content").toString();
  doc.destroy();
  return text;
}

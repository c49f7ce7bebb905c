// What can be said of a Yjs document: the figures that must be equal everywhere.
import { createHash } from "node:crypto";
import * as Y from "yjs";

export const ROOT = "content";

/** @param {Y.Doc} doc */
export const textOf = (doc) => doc.getText(ROOT).toString();

/** @param {Y.Doc} doc */
export function deletedUnits(doc) {
  let units = 0;
  for (const ranges of Y.createDeleteSetFromStructStore(doc.store).clients.values()) {
    for (const range of ranges) units += range.len;
  }
  return units;
}

/** @param {Y.Doc} doc */
export function clocks(doc) {
  return Y.decodeStateVector(Y.encodeStateVector(doc));
}

/** @param {Y.Doc} doc */
export function hashOf(doc) {
  return createHash("sha256").update(textOf(doc)).digest();
}

/**
 * Two documents with the same fingerprint hold the same.
 * @param {Y.Doc} doc
 */
export function fingerprint(doc) {
  const vector = [...clocks(doc)].filter(([, clock]) => clock).sort(([one], [other]) => one - other);
  return { vector, deleted: deletedUnits(doc), text: textOf(doc) };
}

/**
 * Throws when a document breaks what every document keeps: each unit ever inserted is in the text or deleted, and
 * nothing waits for something that never came.
 * @param {Y.Doc} doc
 * @param {string} whose
 */
export function audit(doc, whose) {
  const inserted = [...clocks(doc).values()].reduce((sum, clock) => sum + clock, 0);
  const length = textOf(doc).length;
  const deleted = deletedUnits(doc);
  if (inserted - deleted !== length) {
    throw new Error(`${whose}: ${inserted} units inserted, ${deleted} deleted, but ${length} in the text`);
  }
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error(`${whose}: something still waits`);
}

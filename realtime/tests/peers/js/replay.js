// Replays logs in Yjs. Reads {note, rows: [base64]} a line; prints what a document holds that took every row in order,
// and fails a log in which anything is missing or twice.
import * as Y from "yjs";
import { audit, fingerprint } from "./documents.js";
import { inputs, print } from "./lines.js";

for await (const { note, rows } of inputs()) {
  const doc = new Y.Doc();
  try {
    const updates = rows.map((/** @type {string} */ row) => new Uint8Array(Buffer.from(row, "base64")));
    const repeated = once(updates);
    for (const update of updates) Y.applyUpdate(doc, update);
    audit(doc, `the log of ${note}`);
    print({ note, repeated, ...fingerprint(doc) });
  } catch (error) {
    print({ note, error: String(error) });
  }
}

/**
 * Each client's structs begin in each row where they ended in the rows before. A row may repeat a client's structs as
 * a whole, beside new ones of another (an answer to sync step 1 that crossed an update): that is counted.
 * @param {Uint8Array[]} updates
 */
function once(updates) {
  /** @type {Map<number, number>} */
  const reached = new Map();
  let repeated = 0;
  for (const [index, update] of updates.entries()) {
    const { from, to } = Y.parseUpdateMeta(update);
    for (const [client, end] of to) {
      const start = /** @type {number} */ (from.get(client));
      const at = reached.get(client) ?? 0;
      if (end <= at) repeated += 1;
      else if (start !== at) throw new Error(`row ${index + 1}: client ${client} goes on at ${start}, not ${at}`);
      else reached.set(client, end);
    }
  }
  return repeated;
}

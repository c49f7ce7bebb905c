import * as encoding from "lib0/encoding";

/**
 * An awareness update, as a server writes it.
 * @param {[client: number, clock: number, state: object | null][]} entries
 */
export function encode(entries) {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, entries.length);
  for (const [client, clock, state] of entries) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  }
  return encoding.toUint8Array(encoder);
}

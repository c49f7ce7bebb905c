// Yjs structs as plain values, and how they are written in an update of format v1.
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

/**
 * @typedef {{ client: number, clock: number }} Id
 *
 * @typedef {Object} Piece A run of units of one client, as it will be written.
 * @property {number} client
 * @property {number} clock
 * @property {number} length
 * @property {Id | null} origin
 * @property {Id | null} rightOrigin
 * @property {string} root The text it belongs to; written only if it leans on nothing.
 * @property {string | null} text null: the units are deleted
 * @property {boolean} collected Deleted without a trace (a GC struct)
 *
 * @typedef {{ client: number, clock: number, length: number }} Deletion
 */

const CONTENT_DELETED = 1;
const CONTENT_STRING = 4;
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;

/**
 * @param {Y.Item | Y.GC | Y.Skip} struct
 * @returns {Piece | undefined}
 */
export function pieceOf(struct) {
  if (struct instanceof Y.Skip) return undefined;
  const { client, clock } = struct.id;
  const bare = { client, clock, length: struct.length, origin: null, rightOrigin: null, root: "", text: null };
  if (struct instanceof Y.GC) return { ...bare, collected: true };
  const text = struct.content instanceof Y.ContentString ? struct.content.str : null;
  const root = /** @type {unknown} */ (struct.parent);
  return {
    ...bare,
    origin: struct.origin,
    rightOrigin: struct.rightOrigin,
    root: typeof root === "string" ? root : "",
    text,
    collected: false,
  };
}

/**
 * @param {{ clients: Map<number, { clock: number, len: number }[]> }} set
 * @param {Map<number, number>} [have]
 * @returns {Generator<Deletion>}
 */
export function* deletionsOf(set, have) {
  for (const [client, items] of set.clients) {
    const end = have ? have.get(client) ?? 0 : Infinity;
    for (const { clock, len } of items) {
      const length = Math.min(len, end - clock);
      if (length > 0) yield { client, clock, length };
    }
  }
}

/**
 * An update in format v1.
 * @param {Piece[]} pieces
 * @param {Deletion[]} deletions
 */
export function encode(pieces, deletions) {
  const encoder = encoding.createEncoder();
  const blocks = byClient(pieces);
  encoding.writeVarUint(encoder, blocks.length);
  for (const [client, run] of blocks) {
    encoding.writeVarUint(encoder, run.length);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, run[0]?.clock ?? 0);
    for (const piece of run) writePiece(encoder, piece);
  }
  const ranges = byClient(deletions);
  encoding.writeVarUint(encoder, ranges.length);
  for (const [client, run] of ranges) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, run.length);
    for (const { clock, length } of run) {
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarUint(encoder, length);
    }
  }
  return encoding.toUint8Array(encoder);
}

/**
 * @param {encoding.Encoder} encoder
 * @param {Piece} piece
 */
function writePiece(encoder, { origin, rightOrigin, root, text, length, collected }) {
  if (collected) {
    encoding.writeUint8(encoder, 0);
    encoding.writeVarUint(encoder, length);
    return;
  }
  const kind = text === null ? CONTENT_DELETED : CONTENT_STRING;
  encoding.writeUint8(encoder, kind | (origin ? HAS_ORIGIN : 0) | (rightOrigin ? HAS_RIGHT_ORIGIN : 0));
  for (const id of [origin, rightOrigin]) {
    if (!id) continue;
    encoding.writeVarUint(encoder, id.client);
    encoding.writeVarUint(encoder, id.clock);
  }
  if (!origin && !rightOrigin) {
    encoding.writeVarUint(encoder, 1); // the parent is a root, by name
    encoding.writeVarString(encoder, root);
  }
  if (text === null) encoding.writeVarUint(encoder, length);
  else encoding.writeVarString(encoder, text);
}

/**
 * Higher client ids first, as Yjs writes them.
 * @template {{ client: number }} T
 * @param {T[]} items
 * @returns {[number, T[]][]}
 */
function byClient(items) {
  /** @type {Map<number, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const found = groups.get(item.client);
    if (found) found.push(item);
    else groups.set(item.client, [item]);
  }
  return [...groups].sort(([a], [b]) => b - a);
}

// Cuts a long update into several that each stand on their own: everything a piece leans on is in an earlier piece,
// in the same one, or known to whoever gets them. The server takes updates in causal order only, and no long frames.
import * as Y from "yjs";
import { deletionsOf, encode, pieceOf } from "./pieces.js";

/**
 * @typedef {import("./pieces.js").Id} Id
 * @typedef {import("./pieces.js").Piece} Piece
 * @typedef {import("./pieces.js").Deletion} Deletion
 */

// More than any struct needs beside its text: info byte, two ids, a parent, lengths.
const STRUCT_OVERHEAD = 64;
const DELETION_BYTES = 28;

/**
 * @param {Uint8Array} update
 * @param {number} limit Bytes of one piece. Well above STRUCT_OVERHEAD.
 * @param {Map<number, number>} [have] Clocks that the document has integrated. What lies beyond is left out.
 * @returns {Uint8Array[]}
 */
export function chunks(update, limit, have) {
  if (update.length <= limit && !have) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  const pieces = inCausalOrder(structs.flatMap((struct) => pieceOf(struct) ?? []), gaps(structs), have);
  const groups = group(pieces.flatMap((piece) => cut(piece, limit - STRUCT_OVERHEAD)), limit);
  const deletions = [...deletionsOf(ds, have)];
  // Deletions come last: by then all that they name is there.
  const ends = groupDeletions(deletions, limit);
  return [...groups.map((part) => encode(part, [])), ...ends.map((part) => encode([], part))];
}

/**
 * Where a client's structs stop being whole: the first unit that is missing.
 * @param {(Y.Item | Y.GC | Y.Skip)[]} structs
 * @returns {Map<number, number>}
 */
function gaps(structs) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const struct of structs) {
    if (struct instanceof Y.Skip && !found.has(struct.id.client)) found.set(struct.id.client, struct.id.clock);
  }
  return found;
}

/**
 * Each piece after all that it leans on. What cannot be placed (it leans on a gap) is left out.
 * @param {Piece[]} pieces Each client's in the order of their clocks.
 * @param {Map<number, number>} missing
 * @param {Map<number, number>} [have]
 * @returns {Piece[]}
 */
function inCausalOrder(pieces, missing, have) {
  /** @type {Map<number, Piece[]>} */
  const queues = new Map();
  for (const piece of pieces) {
    const whole = Math.min(missing.get(piece.client) ?? Infinity, have ? have.get(piece.client) ?? 0 : Infinity);
    if (piece.clock + piece.length > whole) continue;
    const queue = queues.get(piece.client);
    if (queue) queue.push(piece);
    else queues.set(piece.client, [piece]);
  }
  /** @type {Map<number, number>} */
  const reached = new Map();
  for (const { client, clock } of pieces) if (!reached.has(client)) reached.set(client, clock);
  /** @param {Id | null} id */
  const known = (id) => !id || id.clock < (reached.get(id.client) ?? Infinity);

  const ordered = [];
  for (let moved = true; moved; ) {
    moved = false;
    for (const queue of queues.values()) {
      let next = 0;
      for (let piece = queue[0]; piece; piece = queue[++next]) {
        // A piece may lean on units of its own client before it, never on itself.
        if (!known(piece.origin) || !known(piece.rightOrigin)) break;
        reached.set(piece.client, piece.clock + piece.length);
        ordered.push(piece);
      }
      if (next) moved = true;
      queue.splice(0, next);
    }
  }
  return ordered;
}

/**
 * Cuts a long run of text, between characters.
 * @param {Piece} piece
 * @param {number} limit Bytes of text in UTF-8.
 * @returns {Piece[]}
 */
function cut(piece, limit) {
  const { text } = piece;
  // No unit takes more than 3 bytes.
  if (text === null || text.length * 3 <= limit) return [piece];
  const parts = [];
  for (let from = 0; from < text.length; ) {
    const to = endOfPart(text, from, limit);
    parts.push({
      ...piece,
      clock: piece.clock + from,
      length: to - from,
      origin: from ? { client: piece.client, clock: piece.clock + from - 1 } : piece.origin,
      text: text.slice(from, to),
    });
    from = to;
  }
  return parts;
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} limit
 */
function endOfPart(text, from, limit) {
  let at = from;
  for (let bytes = 0; at < text.length; ) {
    const point = /** @type {number} */ (text.codePointAt(at));
    bytes += utf8Length(point);
    if (bytes > limit && at > from) break;
    at += point > 0xffff ? 2 : 1;
  }
  return at;
}

/** @param {number} point */
function utf8Length(point) {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/**
 * @param {Piece[]} pieces
 * @param {number} limit
 * @returns {Piece[][]}
 */
function group(pieces, limit) {
  /** @type {Piece[][]} */
  const groups = [];
  let bytes = Infinity;
  for (const piece of pieces) {
    const size = STRUCT_OVERHEAD + textBytes(piece.text);
    if (bytes + size > limit) {
      groups.push([]);
      bytes = 0;
    }
    bytes += size;
    groups.at(-1)?.push(piece);
  }
  return groups;
}

/** @param {string | null} text */
function textBytes(text) {
  let bytes = 0;
  for (const character of text ?? "") bytes += utf8Length(/** @type {number} */ (character.codePointAt(0)));
  return bytes;
}

/**
 * @param {Deletion[]} deletions
 * @param {number} limit
 */
function groupDeletions(deletions, limit) {
  const size = Math.max(1, Math.floor(limit / DELETION_BYTES));
  const groups = [];
  for (let at = 0; at < deletions.length; at += size) groups.push(deletions.slice(at, at + size));
  return groups;
}

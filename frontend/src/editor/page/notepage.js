// What the server wrote into the page about the note and its reader.

/**
 * @typedef {Object} NotePage
 * @property {HTMLElement} root
 * @property {string} note Public id.
 * @property {number} epoch
 * @property {boolean} writable As of now.
 * @property {import("./people.js").Person} me
 * @property {string} socket Address of the note's socket.
 * @property {string} plain Address for requests, where the network lets no socket through.
 */

/**
 * @param {HTMLElement} root
 * @returns {NotePage}
 */
export function readPage(root) {
  const { noteId = "", epoch = "0", writable, userId = "", userName = "", userColour = "1" } = root.dataset;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return {
    root,
    note: noteId,
    epoch: Number(epoch),
    writable: writable === "true",
    me: { id: userId, name: userName, colour: Number(userColour) },
    socket: `${scheme}//${location.host}/ws/notes/${noteId}`,
    plain: `/sync/notes/${noteId}`,
  };
}

/**
 * @param {import("../wire/protocol.js").Role | null} role
 */
export function mayWrite(role) {
  return role === "owner" || role === "editor";
}

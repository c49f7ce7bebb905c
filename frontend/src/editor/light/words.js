// What the saved light says. It never says more than the server has said.

/**
 * @typedef {import("../wire/provider.js").Status} Status
 * @typedef {import("../drafts/drafts.js").Reason} Reason
 *
 * @typedef {"saved" | "saving" | "wait" | "off" | "error" | "read" | "draft"} Lamp
 *
 * @typedef {Object} Facts
 * @property {Status} status
 * @property {boolean} writable
 * @property {boolean} online What the browser believes of the network.
 * @property {boolean} durable Everything typed is on this device.
 * @property {Reason | null} draft Why a text of ours that the note does not hold waits to be compared.
 * @property {import("../page/asking.js").NoteState} state
 * @property {number} now
 *
 * @typedef {Object} Words
 * @property {Lamp} lamp
 * @property {string} kind What it is about; the same while only a number or a time changes.
 * @property {string} strong
 * @property {string} text
 * @property {string} detail
 */

const SAVING_SHOWN_AFTER_MS = 500;
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/**
 * @param {Facts} facts
 * @returns {Words}
 */
export function describe(facts) {
  return ended(facts) ?? refused(facts) ?? apart(facts) ?? troubled(facts) ?? together(facts);
}

/**
 * The connection is over for good, or until somebody does something.
 * @param {Facts} facts
 * @returns {Words | undefined}
 */
function ended({ status, durable }) {
  if (status.phase !== "stopped" || !status.closed) return undefined;
  const kept = whereKept(status.unsaved, durable);
  switch (status.closed.code) {
    case 4401:
      return signedOut(status.unsaved, durable, kept);
    case 4403:
      return words("error", "not-allowed", "Closed", "you may not read it any more", `It is shared no longer. ${kept}`);
    case 4404:
      return words("error", "not-found", "Gone", "this note is not here any more", kept);
    case 4409:
      return words("draft", "epoch", "Restored", "opening it anew", "This note was begun anew.");
    default:
      return words("error", "broken", "Not saved", "reload this page", `Something went wrong here. ${kept}`);
  }
}

/**
 * @param {number} unsaved
 * @param {boolean} durable
 * @param {string} kept
 */
function signedOut(unsaved, durable, kept) {
  const detail = `Your session has ended. ${kept}`;
  if (!unsaved) return words("error", "signed-out", "Signed out", "sign in to go on", detail);
  const text = keptHere(unsaved, durable);
  return words("error", "signed-out-waiting", "Signed out", text, `${detail} Sign in to have it saved.`);
}

/**
 * @param {Facts} facts
 * @returns {Words | undefined}
 */
function refused({ status, durable }) {
  if (!status.refused) return undefined;
  const { code, reason } = status.refused;
  const kept = whereKept(status.unsaved, durable);
  if (code === "too-large") {
    const detail = `${sentence(reason)} Shorten it, and it is saved. ${kept}`;
    return words("error", "refused", "Refused", "the note is full", detail);
  }
  return words("error", "refused", "Refused", reason, `The server will not take this change. ${kept}`);
}

/**
 * There is no connection, and we are trying.
 * @param {Facts} facts
 * @returns {Words | undefined}
 */
function apart({ status, writable, online, durable, now }) {
  const { phase, closed, unsaved, synced } = status;
  const connected = phase === "connecting" || phase === "syncing" || phase === "live";
  if (phase === "idle" || (connected && !closed && !synced)) {
    return words("saving", "opening", "", "Opening", "Fetching what others wrote.");
  }
  if (phase !== "waiting" && phase !== "connecting" && phase !== "syncing") return undefined;
  const waiting = whereKept(unsaved, durable);
  if (closed?.code === 4423) {
    const why = `${sentence(closed.reason || "this note cannot be opened safely at present")} ${waiting}`;
    return words("error", "quarantined", "Closed for now", "", why);
  }
  if (!online && phase !== "syncing") {
    const text = unsaved ? keptHere(unsaved, durable) : "";
    return words("off", "offline", "Offline", text, unsaved ? `No network. ${waiting}` : "No network. Go on reading.");
  }
  const seconds = Math.ceil((status.retryAt - now) / 1000);
  const text = phase === "waiting" && seconds > 0 ? `in ${seconds} s` : "";
  const goOn = `The line dropped. Go on ${writable ? "writing" : "reading"}.`;
  const detail = unsaved ? `${goOn} ${waiting}` : goOn;
  return words("wait", "reconnecting", "Reconnecting", text, detail);
}

/**
 * @param {Facts} facts
 * @returns {Words | undefined}
 */
function troubled({ status, durable }) {
  if (!status.trouble) return undefined;
  const kept = status.unsaved ? `Nobody else has seen it. ${whereKept(status.unsaved, durable)}` : "";
  const detail = `${sentence(status.trouble.reason)} ${kept}`.trim();
  return words("error", "trouble", "Not saved", "trying again", detail);
}

/**
 * @param {Facts} facts
 * @returns {Words}
 */
function together({ status, writable, draft, state, now }) {
  const { unsaved, unsavedSince, savedAt } = status;
  if (draft && !unsaved) return kept(draft, writable);
  if (!writable && state === "archived") {
    return words("read", "archived", "Archived", "reading only", "Nothing changes in a note while it is archived.");
  }
  if (!writable && state === "deleted") {
    return words("error", "deleted", "Deleted", "reading only", "Its text is kept, and can be brought back.");
  }
  if (!writable) {
    return words("read", "read", "", "Reading only", "You may read this note. An owner can let you write.");
  }
  if (unsaved && (now - unsavedSince >= SAVING_SHOWN_AFTER_MS || !savedAt)) {
    return words("saving", "saving", "", "Saving", "Sent, not yet confirmed.");
  }
  const time = savedAt ? `Saved, ${CLOCK.format(savedAt)}` : "Saved";
  const all = unsaved ? "The letters since then are on their way." : "The database holds every letter on this screen.";
  // So that nobody wonders why others' letters come in bunches.
  const late = " This network lets only plain requests through: what others write comes a little later.";
  return words("saved", "saved", "", time, status.plain ? all + late : all);
}

/**
 * @param {Reason} reason
 * @param {boolean} writable
 */
function kept(reason, writable) {
  const detail = "Compare it with the note before you go on.";
  if (reason === "different") {
    return words("error", "different", "Differed", "both texts are kept", `Your text was not the server’s. ${detail}`);
  }
  if (!writable) return words("read", "read-draft", "Reading only", "your draft is kept", detail);
  const strong = reason === "refused" || reason === "read-only" ? "Refused" : "Restored";
  return words("draft", "draft", strong, "your draft is kept", detail);
}

/**
 * @param {number} unsaved
 * @param {boolean} durable
 */
function keptHere(unsaved, durable) {
  return `${counted(unsaved, "change")} kept ${durable ? "on this device" : "in this tab"}`;
}

/**
 * @param {number} unsaved
 * @param {boolean} durable
 */
function whereKept(unsaved, durable) {
  if (!unsaved) return "Nothing of yours is waiting to be saved.";
  const changes = `${counted(unsaved, "change")} ${unsaved === 1 ? "waits" : "wait"}`;
  if (durable) return `${changes} on this device.`;
  return `${changes} in this tab only: leave it open.`;
}

/**
 * @param {number} number
 * @param {string} noun
 */
export function counted(number, noun) {
  return `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;
}

/** @param {string} words */
function sentence(words) {
  const whole = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

/**
 * @param {Lamp} lamp
 * @param {string} kind
 * @param {string} strong
 * @param {string} text
 * @param {string} detail
 * @returns {Words}
 */
function words(lamp, kind, strong, text, detail) {
  return { lamp, kind, strong, text, detail };
}

// The feed socket: after a break it asks for what came after the newest line on the page, and says when it rests.
import { announce } from "../lib/announce.js";
import { element } from "../lib/dom.js";
import { htmx } from "./htmx.js";

/**
 * @typedef {{ url: string, socket: WebSocket | null }} Connection htmx's.
 */

const PAUSED_SHOWN_AFTER_MS = 3000;
const ANNOUNCE_EVERY_MS = 15_000;
const STALE_AFTER_MS = 60_000;
const PAUSED = "The feed is paused: the line dropped. It goes on by itself.";
const OVER = new Map([
  [4401, "You are signed out. Reload the page to sign in."],
  [4403, "You may no longer follow this."],
  [4404, "This is no longer here."],
]);

/** The newest line on the page. */
function newest() {
  const cursors = [...document.querySelectorAll("[data-cursor]")].map((row) => Number(row.getAttribute("data-cursor")));
  return Math.max(0, ...cursors.filter(Number.isFinite));
}

/** @param {string} address */
export function resumed(address) {
  const url = new URL(address, location.href);
  const after = Math.max(Number(url.searchParams.get("after")) || 0, newest());
  url.searchParams.set("after", String(after));
  return url.href;
}

/**
 * A set page that stands still says so, and who was here last is not said to be here. The first message of the next
 * connection brings both.
 * @param {boolean} paused
 */
function stand(paused) {
  document.querySelector("[data-live-paused]")?.toggleAttribute("hidden", !paused);
  document.getElementById("presence")?.toggleAttribute("hidden", paused);
}

/** Tells quietly, where the feed stands, that nothing moves at present. */
class Pause {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #note = element("p", { class: "quiet feed-paused", role: "status", hidden: true });

  constructor() {
    document.getElementById("feed")?.before(this.#note);
  }

  /** @param {string} words */
  begin(words) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#note.textContent = words;
      this.#note.hidden = false;
      stand(true);
    }, PAUSED_SHOWN_AFTER_MS);
  }

  end() {
    clearTimeout(this.#timer);
    this.#note.hidden = true;
    this.#note.textContent = "";
    stand(false);
  }
}

/** New lines are told a few at a time: a line that grows with every letter must not be read out with every letter. */
class Herald {
  #known = new Set(rowIds());
  #at = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  look() {
    const feed = document.getElementById("feed");
    // The announcer speaks for it.
    feed?.setAttribute("aria-live", "off");
    const fresh = rowIds().filter((id) => !this.#known.has(id));
    if (!fresh.length || this.#timer) return;
    const wait = Math.max(0, this.#at + ANNOUNCE_EVERY_MS - Date.now());
    this.#timer = setTimeout(() => this.#tell(), wait);
  }

  #tell() {
    this.#timer = undefined;
    this.#at = Date.now();
    const fresh = rowIds().filter((id) => !this.#known.has(id));
    this.#known = new Set(rowIds());
    const first = fresh[0] && document.getElementById(fresh[0])?.querySelector("p")?.textContent?.trim();
    if (first) announce(fresh.length === 1 ? first : `${first}, and ${fresh.length - 1} more in the feed.`);
  }
}

function rowIds() {
  return [...document.querySelectorAll("#feed > [data-cursor]")].map(({ id }) => id);
}

export function startFeed() {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const pause = new Pause();
  const herald = new Herald();
  herald.look();
  /** @type {Connection | null} */
  let connection = null;
  let heardAt = Date.now();

  live.addEventListener("htmx:ws:before:connection", (event) => {
    connection = connectionOf(event);
    connection.url = resumed(connection.url);
  });
  live.addEventListener("htmx:ws:after:connection", () => {
    heardAt = Date.now();
    pause.end();
  });
  live.addEventListener("htmx:ws:after:message:incoming", () => {
    heardAt = Date.now();
    // htmx opens the next socket with this address, not always after asking.
    if (connection) connection.url = resumed(connection.url);
    herald.look();
  });
  live.addEventListener("htmx:ws:close", (event) => {
    const { code } = /** @type {CustomEvent} */ (event).detail;
    pause.begin(OVER.get(code) ?? PAUSED);
  });

  const again = () => htmx.process(live, true);
  const wake = () => {
    const state = connection?.socket?.readyState;
    const sleeping = state === undefined || state >= WebSocket.CLOSING;
    // After a long sleep a socket may look open and be dead.
    if (sleeping || Date.now() - heardAt > STALE_AFTER_MS) again();
  };
  window.addEventListener("offline", () => pause.begin(PAUSED));
  // A socket of before is of another network.
  window.addEventListener("online", again);
  window.addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", () => !document.hidden && wake());
}

/** @param {Event} event @returns {Connection} */
function connectionOf(event) {
  return /** @type {CustomEvent} */ (event).detail.connection;
}

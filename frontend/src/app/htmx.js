import "./htmx-config.js";
import htmx from "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-ws.js";
import { toast } from "./toasts.js";

export { htmx };

const SAFE = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);
const SAID = new Map([
  [401, "You are signed out. Sign in again to go on."],
  [403, "You may not do that here."],
  [404, "That is no longer here."],
  [409, "Somebody was quicker. Reload the page to see how it stands."],
  [413, "That is too large."],
  [429, "Too much at once. Wait a moment."],
]);

// Nothing in a page may be run as code, whatever it says: no hx-on, no js: values, no trigger filters.
htmx.registerExtension("no-eval", {
  /** @param {{ initSecurity: (policy: null, sync: Function, async: Function) => void }} api */
  init(api) {
    const refuse = function () {
      throw new Error("Code in attributes is not run here.");
    };
    api.initSecurity(null, refuse, refuse);
  },
});

/** @returns {string} The token that Django expects of every unsafe request. */
export function csrfToken() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  const field = document.querySelector('input[name="csrfmiddlewaretoken"]');
  return meta?.getAttribute("content") ?? (field instanceof HTMLInputElement ? field.value : "");
}

document.addEventListener("htmx:config:request", (event) => {
  const { request } = detailOf(event).ctx;
  const target = new URL(request.action, document.baseURI);
  if (target.origin !== location.origin) event.preventDefault();
  else if (!SAFE.has(request.method)) request.headers["X-CSRFToken"] = csrfToken();
});

// Whoever was signed out meanwhile gets the page to sign in, not a piece of it inside this one.
document.addEventListener("htmx:before:response", (event) => {
  const { raw } = detailOf(event).ctx.response;
  if (!raw.redirected || !new URL(raw.url).pathname.startsWith("/accounts/login/")) return;
  event.preventDefault();
  location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`);
});

document.addEventListener("htmx:response:error", (event) => {
  const { status } = detailOf(event).ctx.response;
  if (status === 422) return;
  toast(SAID.get(status) ?? "That did not work. Try again in a moment.", "error");
});

document.addEventListener("htmx:error", (event) => {
  // A TypeError is how fetch says that there is no network.
  const { ctx, error } = detailOf(event);
  if (ctx && error instanceof TypeError) toast("The server cannot be reached. Nothing was changed.", "error");
});

/** @param {Event} event */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

import { element } from "./dom.js";

/** A region that is as new as its words is not heard. */
const SAID_AFTER_MS = 50;
/** Long enough to be read out behind others; then whoever reads the page line by line does not come across it. */
const KEPT_MS = 20_000;

/**
 * Says something to screen readers when they are free, after what was said before, and shows nothing.
 * @param {string} words
 */
export function announce(words) {
  const region = document.querySelector("[data-announcer]") ?? made();
  // A line of its own: words that took the place of others would keep those from being heard.
  const line = element("p", {}, words);
  setTimeout(() => region.append(line), SAID_AFTER_MS);
  setTimeout(() => line.remove(), SAID_AFTER_MS + KEPT_MS);
}

function made() {
  const region = element("div", {
    class: "sr-only",
    "data-announcer": true,
    role: "status",
    "aria-live": "polite",
    // Only the new line is read out, not all of them again.
    "aria-atomic": "false",
  });
  document.body.append(region);
  return region;
}

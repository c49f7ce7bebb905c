// The server writes times in its own zone and at its own moment; here they are said in the reader's, and stay true.
const EVERY_MS = 30_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const LONG_WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const WHOLE_DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const THIS_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const OTHER_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const WHOLE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/**
 * Days between two moments as the calendar counts them.
 * @param {Date} moment
 * @param {Date} now
 */
function daysBetween(moment, now) {
  const midnight = (/** @type {Date} */ date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(now) - midnight(moment)) / DAY);
}

/** @type {Record<string, (moment: Date, now: Date) => string>} The forms of the template tag `when`. */
export const FORMS = {
  feed(moment, now) {
    const days = daysBetween(moment, now);
    if (days <= 0) return CLOCK.format(moment);
    return days < 7 ? WEEKDAY.format(moment) : THIS_YEAR.format(moment);
  },
  ago(moment, now) {
    const passed = now.getTime() - moment.getTime();
    const days = daysBetween(moment, now);
    if (passed < MINUTE) return "just now";
    if (passed < HOUR) return several(Math.floor(passed / MINUTE), "a minute", "minutes");
    if (passed < 12 * HOUR && days === 0) return several(Math.floor(passed / HOUR), "an hour", "hours");
    if (days === 0) return "today";
    if (days === 1) return "yesterday";
    return days < 7 ? LONG_WEEKDAY.format(moment) : day(moment, now);
  },
  day,
  date: (moment) => WHOLE_DAY.format(moment),
};

/**
 * @param {Date} moment
 * @param {Date} now
 */
function day(moment, now) {
  return (moment.getFullYear() === now.getFullYear() ? THIS_YEAR : OTHER_YEAR).format(moment);
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
function several(count, one, many) {
  return count === 1 ? `${one} ago` : `${count} ${many} ago`;
}

function tell() {
  const now = new Date();
  for (const time of document.querySelectorAll("time[data-time]")) {
    const moment = new Date(time.getAttribute("datetime") ?? "");
    const form = FORMS[time.getAttribute("data-time") ?? ""];
    if (!form || Number.isNaN(moment.getTime())) continue;
    const words = form(moment, now);
    if (time.textContent !== words) time.textContent = words;
    time.setAttribute("title", WHOLE.format(moment));
  }
}

export function startTimes() {
  tell();
  setInterval(tell, EVERY_MS);
  document.addEventListener("htmx:after:settle", tell);
}

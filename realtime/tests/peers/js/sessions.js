// Plays many sessions, some at a time. Reads a plan from standard input; prints one line of JSON for each session.
import { play } from "./session.js";
import { input, print } from "./lines.js";

/** @type {{ house: import("./session.js").House, sessions: { note: string, seed: number }[], atOnce: number }} */
const plan = await input();
const waiting = [...plan.sessions];

async function playOn() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { note, seed } = next;
    try {
      print(await play(plan.house, note, seed));
    } catch (error) {
      print({ seed, note, error: String(/** @type {Error} */ (error).stack ?? error) });
    }
  }
}

await Promise.all(Array.from({ length: plan.atOnce }, playOn));
process.exit(0);

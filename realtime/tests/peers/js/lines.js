import { createInterface } from "node:readline";
import { writeSync } from "node:fs";
import { text } from "node:stream/consumers";

// Standard output is for the lines alone; libraries that want to say something say it elsewhere.
console.log = console.error;

/** All of standard input, as JSON. */
export async function input() {
  return JSON.parse(await text(process.stdin));
}

/** Lines of standard input, each as JSON. */
export async function* inputs() {
  for await (const line of createInterface({ input: process.stdin })) yield JSON.parse(line);
}

/**
 * One line of JSON on standard output, whole even if the process ends right after.
 * @param {unknown} value
 */
export function print(value) {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EAGAIN") throw error;
    }
  }
}

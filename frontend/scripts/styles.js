import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MODULES, OUT, ROOT } from "./paths.js";

/**
 * Runs the Tailwind CLI over the style sheet of every page.
 * @param {{ watch: boolean }} options
 * @returns {Promise<void>}
 */
export async function buildStyles({ watch }) {
  const input = join(ROOT, "src", "styles", "app.css");
  if (!existsSync(input)) return console.warn("src/styles/app.css is missing: no style sheet was built.");
  const cli = join(MODULES, "@tailwindcss", "cli", "dist", "index.mjs");
  const mode = watch ? "--watch=always" : "--minify";
  await run(process.execPath, [cli, "-i", input, "-o", join(OUT, "app.css"), mode]);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<void>}
 */
function run(command, args) {
  return new Promise((resolve, reject) => {
    let said = "";
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (text) => (said += text));
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`Tailwind failed:\n${said}`))));
  });
}

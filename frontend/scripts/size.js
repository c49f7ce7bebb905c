// Prints what a browser loads first on the note page, and fails above the budget.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { OUT } from "./paths.js";

const BUDGET_KB = 260;
const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)\s*(?:[\w${},*\s]+\s*from\s*)?["'](\.[^"']+)["']/g;

/**
 * A script and all that it imports at once, not what it loads later.
 * @param {string} file
 * @param {Set<string>} seen
 */
function withImports(file, seen) {
  if (seen.has(file)) return;
  seen.add(file);
  const imports = readFileSync(file, "utf8").matchAll(STATIC_IMPORT);
  for (const [, path = ""] of imports) withImports(join(dirname(file), path), seen);
}

/** @type {Set<string>} */
const first = new Set();
for (const entry of ["app.js", "editor.js"]) withImports(join(OUT, entry), first);
if (existsSync(join(OUT, "app.css"))) first.add(join(OUT, "app.css"));

let total = 0;
for (const file of first) {
  const bytes = gzipSync(readFileSync(file), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${basename(file)}`);
}
const whole = total / 1024;
console.log(`${whole.toFixed(1).padStart(7)} KB  first load of a note (gzip), at most ${BUDGET_KB}`);
if (whole > BUDGET_KB) process.exit(1);

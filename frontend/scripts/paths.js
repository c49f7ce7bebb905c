import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The frontend/ folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const PROJECT = dirname(ROOT);
export const OUT = join(PROJECT, "static", "build");
export const MODULES = join(ROOT, "node_modules");

import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MODULES, OUT, PROJECT, ROOT } from "./paths.js";

const IN_TEMPLATES = /\{%\s*icon\s+["']([a-z0-9-]+)["']/g;
const TEMPLATE_FOLDERS = ["templates", "core", "notes", "realtime"];

/** Writes one sprite with the Lucide icons that templates name, and those of src/icons.txt (named by code). */
export async function buildIcons() {
  const icons = JSON.parse(await readFile(join(MODULES, "@iconify-json", "lucide", "icons.json"), "utf8"));
  const names = [...(await usedNames())].sort();
  const missing = names.filter((name) => !body(icons, name));
  if (missing.length) throw new Error(`Lucide has no icon named: ${missing.join(", ")}`);
  const symbols = names.map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${body(icons, name)}</symbol>`);
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  await writeFile(join(OUT, "icons.svg"), sprite);
}

/**
 * The drawing of an icon, without a stroke width: the page sets that.
 * @param {{ icons: Record<string, { body: string }>, aliases?: Record<string, { parent: string }> }} set
 * @param {string} name
 * @returns {string | undefined}
 */
function body(set, name) {
  const icon = set.icons[name] ?? set.icons[set.aliases?.[name]?.parent ?? ""];
  return icon?.body.replaceAll(/ stroke-width="[^"]*"/g, "");
}

/** @returns {Promise<Set<string>>} */
async function usedNames() {
  const listed = await readFile(join(ROOT, "src", "icons.txt"), "utf8");
  const names = new Set(listed.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#")));
  for (const folder of TEMPLATE_FOLDERS) {
    for (const file of await htmlFiles(join(PROJECT, folder))) {
      for (const [, name] of (await readFile(file, "utf8")).matchAll(IN_TEMPLATES)) names.add(name ?? "");
    }
  }
  return names;
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function htmlFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /\.(html|txt|svg)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

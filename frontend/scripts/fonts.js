import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { MODULES, OUT } from "./paths.js";

/**
 * Package and axis. The serif keeps its optical size: titles and footnotes are cut differently.
 * @type {[name: string, axis: string][]}
 */
const FACES = [
  ["inter", "wght"],
  ["source-serif-4", "opsz"],
  ["jetbrains-mono", "wght"],
];

/** Copies the variable fonts that src/styles/fonts.css names. */
export async function copyFonts() {
  const folder = join(OUT, "fonts");
  await mkdir(folder, { recursive: true });
  const files = FACES.flatMap(([name, axis]) =>
    ["latin", "latin-ext"].flatMap((subset) =>
      ["normal", "italic"].map((style) => ({ name, file: `${name}-${subset}-${axis}-${style}.woff2` })),
    ),
  );
  await Promise.all(
    files.map(({ name, file }) =>
      copyFile(join(MODULES, "@fontsource-variable", name, "files", file), join(folder, file)),
    ),
  );
}

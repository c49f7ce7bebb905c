import { build } from "esbuild";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { MODULES, OUT, ROOT } from "./paths.js";

/**
 * The page that draws diagrams runs in a sandboxed frame of no origin, which may load no module script from us
 * (that needs CORS). So Mermaid is served as the one classic script that it publishes.
 */
export async function buildMermaid() {
  await Promise.all([
    copyFile(join(MODULES, "mermaid", "dist", "mermaid.min.js"), join(OUT, "mermaid.lib.js")),
    copyFile(join(ROOT, "src", "mermaid", "mermaid.html"), join(OUT, "mermaid.html")),
    build({
      entryPoints: [join(ROOT, "src", "mermaid", "runner.js")],
      outfile: join(OUT, "mermaid.js"),
      format: "iife",
      minify: true,
      target: ["es2022"],
      logLevel: "warning",
    }),
  ]);
}

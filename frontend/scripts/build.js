// Builds everything the browser loads into static/build/. Pass --watch to rebuild while you work.
import { build, context } from "esbuild";
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { OUT, ROOT } from "./paths.js";
import { buildStyles } from "./styles.js";
import { copyFonts } from "./fonts.js";
import { buildIcons } from "./icons.js";
import { buildMermaid } from "./mermaid.js";

const watch = process.argv.includes("--watch");

/** @type {import("esbuild").Plugin} See src/editor/view/no-html.js. */
const withoutHtml = {
  name: "markdown-without-html",
  setup(builder) {
    builder.onResolve({ filter: /^@codemirror\/lang-html$/ }, ({ importer }) =>
      importer.includes("lang-markdown") ? { path: join(ROOT, "src", "editor", "view", "no-html.js") } : undefined,
    );
  },
};

/** @type {import("esbuild").Plugin} Names of chunks carry a hash, so old ones would pile up. */
const sweep = {
  name: "sweep-chunks",
  setup(builder) {
    builder.onEnd(async ({ metafile }) => {
      if (!metafile) return;
      const fresh = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
      const stale = (await readdir(join(OUT, "chunks"))).filter((name) => !fresh.has(name));
      await Promise.all(stale.map((name) => rm(join(OUT, "chunks", name))));
    });
  },
};

/** @type {import("esbuild").BuildOptions} */
const scripts = {
  absWorkingDir: ROOT,
  entryPoints: { app: "src/app/main.js", editor: "src/editor/main.js" },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  chunkNames: "chunks/[name]-[hash]",
  minify: !watch,
  sourcemap: watch ? "linked" : false,
  legalComments: "linked",
  metafile: true,
  plugins: [withoutHtml, sweep],
  logLevel: "warning",
};

await mkdir(OUT, { recursive: true });

if (watch) {
  const watcher = await context(scripts);
  await Promise.all([watcher.watch(), copyFonts(), buildIcons(), buildMermaid(), buildStyles({ watch })]);
} else {
  const started = performance.now();
  const jobs = [build(scripts), copyFonts(), buildIcons(), buildMermaid(), buildStyles({ watch })];
  // All of them, even if one fails: a slip in the style sheet should not hide one in the scripts.
  const failures = (await Promise.allSettled(jobs)).filter((job) => job.status === "rejected");
  for (const { reason } of failures) console.error(reason instanceof Error ? reason.message : reason);
  if (failures.length) process.exit(1);
  console.log(`Built static/build in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

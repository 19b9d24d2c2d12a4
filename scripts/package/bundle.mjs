import { readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { root } from "../project.mjs";
import { bundled, codeEntries, OUT, workerEntry } from "./entries.mjs";

const shared = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["import"],
  outdir: OUT,
  metafile: true,
  logLevel: "warning",
  legalComments: "none",
};

/**
 * Bundles the code into `dist/package`. Resolves to the packages that it still imports, which are
 * the ones its consumers must have, and to those that lie inside it.
 */
export async function bundleCode() {
  const [code, worker] = await Promise.all([
    build({
      ...shared,
      entryPoints: codeEntries,
      splitting: true,
      chunkNames: "shared-[hash]",
      plugins: [externals, workerFile],
    }),
    // The worker holds its hashers itself: it starts from wherever its one file is put.
    build({ ...shared, entryPoints: { "hash-worker": workerEntry }, minify: true }),
  ]);
  markForReact();
  const inputs = [code, worker].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  return { imports: importedPackages(code.metafile), inside: packagesOf(inputs) };
}

/** Everything from a registry stays outside, but for what has to be bundled. */
const externals = {
  name: "externals",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path: id, kind }) => {
      if (kind === "entry-point" || bundled.includes(packageName(id))) return null;
      return { path: id, external: true };
    });
  },
};

/** The worker's source is TypeScript; in the package it is a file of JavaScript. */
const workerFile = {
  name: "worker-file",
  setup({ onLoad }) {
    onLoad({ filter: /start-hash-worker\.ts$/ }, ({ path: file }) => {
      const source = readFileSync(file, "utf8");
      const contents = source.replace('new URL("./hash-worker.ts"', 'new URL("./hash-worker.js"');
      if (contents === source) throw new Error("The hash worker's URL was not found.");
      return { contents, loader: "ts" };
    });
  },
};

/** Next and its like take a module with hooks into a page only if its first line says so. */
function markForReact() {
  const file = path.join(root, OUT, "react.js");
  writeFileSync(
    file,
    `"use client";\n${readFileSync(file, "utf8").replace(/^"use client";\n/, "")}`,
  );
}

function importedPackages({ outputs }) {
  const ids = Object.values(outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path: id }) => packageName(id)),
  );
  return [...new Set(ids)]
    .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name))
    .sort();
}

function packagesOf(inputs) {
  const names = inputs.map(
    (input) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1],
  );
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function packageName(id) {
  return id.split("/", id.startsWith("@") ? 2 : 1).join("/");
}

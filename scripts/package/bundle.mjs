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
 * Bundles the code into `dist/package`. Resolves to the packages that the bundles import, which become
 * dependencies of the package, and to the packages that the bundles contain.
 */
export async function bundleCode() {
  const [code, worker] = await Promise.all([
    build({
      ...shared,
      entryPoints: codeEntries,
      splitting: true,
      chunkNames: "shared-[hash]",
      plugins: [externals, dropUnused, workerFile],
    }),
    // The worker is a single file without imports, so that consumers can serve it from any URL.
    build({ ...shared, entryPoints: { "hash-worker": workerEntry }, minify: true }),
  ]);
  markForReact();
  const inputs = [code, worker].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  return { imports: importedPackages(code.metafile), inside: packagesOf(inputs) };
}

/** All packages are external, except the ones in `bundled`. */
const externals = {
  name: "externals",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path: id, kind }) => {
      if (kind === "entry-point" || bundled.includes(packageName(id))) return null;
      return { path: id, external: true };
    });
  },
};

/**
 * The bundled packages do not declare that their modules have no side effects: without this, parts
 * that nothing uses (WebSockets) would stay in the bundle.
 */
const dropUnused = {
  name: "drop-unused",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path: id, importer, kind, resolveDir, pluginData }) => {
      const owner = id.startsWith(".") ? packagesOf([importer])[0] : packageName(id);
      if (pluginData === dropUnused || !bundled.includes(owner)) return null;
      const found = await resolve(id, { importer, kind, resolveDir, pluginData: dropUnused });
      return { ...found, sideEffects: false };
    });
  },
};

/** Replaces the URL of the worker's TypeScript source by that of the built file. */
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

/** Next and other React Server Components frameworks require this directive in the first line. */
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

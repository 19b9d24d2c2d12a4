// Bundles the SQLite thread into src/generated, because a worker can load JavaScript only.
import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "src/generated/sqlite-thread.mjs");

/** Writes src/generated/sqlite-thread.mjs atomically, since other processes may read it. */
export async function bundleSqliteThread() {
  const { build } = await import("esbuild");
  const draft = `${target}.${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  await build({
    entryPoints: [join(root, "src/adapters/sqlite/sqlite-thread.ts")],
    outfile: draft,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  renameSync(draft, target);
}

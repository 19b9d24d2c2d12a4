import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { type HashThreads, startHashThreads } from "../../src/adapters/hash-wasm/hash-threads.ts";
import { tempDirectory } from "./temp-directory.ts";

/** Hashing threads as the built server has them, from today's source. */
export async function hashThreads(count: number): Promise<HashThreads & AsyncDisposable> {
  const directory = await tempDirectory();
  const script = path.join(directory.path, "hash-thread.mjs");
  await build({
    entryPoints: [path.join(import.meta.dirname, "../../src/adapters/hash-wasm/hash-thread.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  const threads = startHashThreads(pathToFileURL(script), count);
  return {
    ...threads,
    async [Symbol.asyncDispose]() {
      await threads.end();
      await directory[Symbol.asyncDispose]();
    },
  };
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { tempDirectory } from "./temp-directory.ts";

const run = promisify(execFile);

/**
 * A data directory on a file system of its own of `bytes`, database included; null where nothing
 * may be mounted.
 */
export async function smallDataDir(
  bytes: number,
): Promise<(AsyncDisposable & { readonly path: string }) | null> {
  const directory = await tempDirectory();
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", directory.path]);
  } catch {
    await directory[Symbol.asyncDispose]();
    return null;
  }
  return {
    path: directory.path,
    async [Symbol.asyncDispose]() {
      await run("umount", ["-l", directory.path]);
      await directory[Symbol.asyncDispose]();
    },
  };
}

import type { Stats } from "node:fs";
import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { unlessMissing } from "./failure.ts";

const OTHERS = 0o077;

/** Removes the permissions of group and others from a file or directory. Returns whether it had any. Skips symbolic links. */
export async function narrow(path: string, stats: Stats): Promise<boolean> {
  if (stats.isSymbolicLink() || (stats.mode & OTHERS) === 0) return false;
  await chmod(path, stats.mode & 0o700);
  return true;
}

/**
 * Removes the permissions of group and others from `directory` and its direct entries. Returns the paths that
 * could not be changed (files of another user).
 */
export async function narrowDirectory(directory: string): Promise<string[]> {
  const refused: string[] = [];
  const names = await readdir(directory);
  for (const path of [directory, ...names.map((name) => join(directory, name))]) {
    try {
      const stats = await unlessMissing(lstat(path));
      if (stats !== null) await narrow(path, stats);
    } catch {
      refused.push(path);
    }
  }
  return refused;
}

import type { Dir } from "node:fs";
import { lstat, opendir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { StoredObject } from "../../core/ports/chunk-store.ts";
import { storeFailure, unlessMissing } from "./failure.ts";
import type { Layout } from "./layout.ts";
import { narrow } from "./narrow-modes.ts";

async function describeFile(layout: Layout, path: string, name: string) {
  const stats = await unlessMissing(lstat(path));
  if (stats === null) return null;
  // A file that cannot be changed can still be listed.
  await narrow(path, stats).catch(() => undefined);
  const known = layout.recognise(name);
  if (known === null) return null;
  const key = relative(layout.root, path);
  return { ...known, key, bytes: stats.size, modifiedAt: stats.mtime };
}

async function* walk(layout: Layout, directory: string): AsyncGenerator<StoredObject> {
  const entries: Dir | null = await unlessMissing(opendir(directory));
  if (entries === null) return;
  await narrow(directory, await stat(directory)).catch(() => undefined);
  for await (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      yield* walk(layout, path);
    } else if (entry.isFile()) {
      const found = await describeFile(layout, path, entry.name);
      if (found !== null) yield found;
    }
  }
}

/**
 * All files of uploads below the root. Removes the permissions of group and others. Does not follow links, and
 * skips files that are removed meanwhile. UNAVAILABLE if a directory cannot be read.
 */
export async function* listObjects(layout: Layout): AsyncGenerator<StoredObject> {
  try {
    yield* walk(layout, layout.root);
  } catch (error) {
    throw storeFailure(error);
  }
}

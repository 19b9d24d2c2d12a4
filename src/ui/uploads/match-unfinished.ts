import type { UploadSnapshot } from "../../client/snapshot.ts";
import { plainFilename } from "../../core/begin/filename.ts";
import { readRelativePath } from "../../core/begin/relative-path.ts";
import type { UploadView } from "../../wire/schemas.ts";

type LocalFile = Pick<UploadSnapshot, "filename" | "path" | "size">;
type Unfinished = Pick<UploadView, "id" | "filename" | "path" | "size">;
type StoredName = Pick<Unfinished, "filename" | "path">;

/** As much of an upload of the queue as is compared. */
interface Queued {
  snapshot(): LocalFile & Pick<UploadSnapshot, "phase" | "view">;
}

/** The stored names of queued files, which never change: thousands are compared five times a second. */
const names = new WeakMap<Queued, StoredName>();

/**
 * A test for unfinished uploads: whether one of the `queued` files is its file. A file that is under
 * way knows its upload; of one that still waits, name, folder and size tell.
 */
export function matchQueued(queued: readonly Queued[]): (upload: Unfinished) => boolean {
  return (upload) => queued.some((file) => isOf(file, upload));
}

function isOf(queued: Queued, upload: Unfinished): boolean {
  const file = queued.snapshot();
  if (file.view !== null) return file.view.id === upload.id;
  if (file.phase === "cancelled" || file.size !== upload.size) return false;
  const name = names.get(queued) ?? storedName(file);
  names.set(queued, name);
  return isSameName(name, upload);
}

/** The unfinished upload that a waiting file will probably continue; null if there is none. */
export function findUnfinished<View extends Unfinished>(
  file: LocalFile,
  unfinished: readonly View[],
): View | null {
  const sameSize = unfinished.filter(({ size }) => size === file.size);
  if (sameSize.length === 0) return null;
  const name = storedName(file);
  return sameSize.find((upload) => isSameName(name, upload)) ?? null;
}

function isSameName(name: StoredName, upload: StoredName): boolean {
  return name.filename === upload.filename && name.path === upload.path;
}

/** Name and folder as the server stores them. */
function storedName({ filename: given, path }: LocalFile): StoredName {
  const filename = plainFilename(given);
  return { filename, path: storedPath(path, filename) };
}

function storedPath(path: string, filename: string): string | null {
  try {
    return readRelativePath(path, filename);
  } catch {
    // The server refuses it when the upload begins.
    return null;
  }
}

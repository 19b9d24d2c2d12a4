import type { UploadSnapshot } from "../../client/snapshot.ts";
import { plainFilename } from "../../core/begin/filename.ts";
import { readRelativePath } from "../../core/begin/relative-path.ts";
import type { UploadView } from "../../wire/schemas.ts";

type LocalFile = Pick<UploadSnapshot, "filename" | "path" | "size">;
type Unfinished = Pick<UploadView, "id" | "filename" | "path" | "size">;
type StoredName = Pick<Unfinished, "filename" | "path">;

/** The compared properties of a queued upload. */
interface Queued {
  snapshot(): LocalFile & Pick<UploadSnapshot, "phase" | "view">;
}

/** A cache of the stored names of queued files: thousands are compared five times per second. */
const names = new WeakMap<Queued, StoredName>();

/**
 * Creates a predicate: whether an unfinished upload belongs to one of the `queued` files. A started file
 * is matched by the id of its upload, a waiting one by name, folder and size.
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

/** The unfinished upload that a waiting file will probably resume; null if there is none. */
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
    // Invalid. The server will reject it when the upload is created.
    return null;
  }
}

import type { UploadSnapshot } from "../../client/snapshot.ts";
import { plainFilename } from "../../core/begin/filename.ts";
import { readRelativePath } from "../../core/begin/relative-path.ts";
import type { UploadView } from "../../wire/schemas.ts";

type LocalFile = Pick<UploadSnapshot, "filename" | "path" | "size">;
type Queued = LocalFile & Pick<UploadSnapshot, "phase" | "view">;
type Unfinished = Pick<UploadView, "id" | "filename" | "path" | "size">;

/**
 * A test for unfinished uploads: whether one of the `queued` files is its file. A file that is under
 * way knows its upload; of one that still waits, name, folder and size tell.
 */
export function matchQueued(queued: readonly Queued[]): (upload: Unfinished) => boolean {
  const ids = new Set<string>();
  const files = new Set<string>();
  for (const file of queued) {
    if (file.view !== null) ids.add(file.view.id);
    else if (file.phase !== "cancelled") files.add(keyOf(asStored(file)));
  }
  return (upload) => ids.has(upload.id) || files.has(keyOf(upload));
}

/** The unfinished upload that a waiting file will probably continue; null if there is none. */
export function findUnfinished<View extends Unfinished>(
  file: LocalFile,
  unfinished: readonly View[],
): View | null {
  const key = keyOf(asStored(file));
  return unfinished.find((upload) => keyOf(upload) === key) ?? null;
}

type Identity = Pick<Unfinished, "filename" | "path" | "size">;

function keyOf({ filename, path, size }: Identity): string {
  return `${size} ${path ?? filename}`;
}

/** Name and folder as the server stores them. */
function asStored({ filename: given, path, size }: LocalFile): Identity {
  const filename = plainFilename(given);
  return { filename, path: storedPath(path, filename), size };
}

function storedPath(path: string, filename: string): string | null {
  try {
    return readRelativePath(path, filename);
  } catch {
    // The server refuses it when the upload begins.
    return null;
  }
}

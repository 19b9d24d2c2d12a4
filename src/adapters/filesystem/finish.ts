import { constants } from "node:fs";
import { type FileHandle, lstat, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { StoredUpload } from "../../core/ports/chunk-store.ts";
import type { Directories } from "./directories.ts";
import { unavailable, unlessMissing } from "./failure.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

type Files = { part: string; done: string };

/** Truncates bytes that a crash left beyond the upload's size. UNAVAILABLE if the file is too short. */
async function trimTo(path: string, size: number): Promise<void> {
  const file: FileHandle = await open(path, O_RDWR | O_NOFOLLOW);
  try {
    const { size: length } = await file.stat();
    if (length < size) throw unavailable(`${path} holds ${length} of ${size} bytes`);
    if (length === size) return;
    await file.truncate(size);
    await file.datasync();
  } finally {
    await file.close();
  }
}

function exists(path: string): Promise<boolean> {
  return unlessMissing(lstat(path)).then((stats) => stats !== null);
}

async function createEmpty(path: string, directories: Directories): Promise<void> {
  await directories.create(dirname(path), async () => {
    const file = await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    await file.close();
  });
}

/** Renames, unless another file already has the name: that one is finished and stays. */
async function moveIntoPlace({ part, done }: Files, size: number): Promise<void> {
  await trimTo(part, size);
  if (await exists(done)) {
    throw unavailable(`${done} already exists; ${part} was not renamed to it`);
  }
  await rename(part, done);
}

/**
 * Renames a complete upload's file to its final name, durably. May be repeated. UNAVAILABLE if bytes are
 * missing, or if another finished file has the name.
 */
export async function finishFile(
  upload: Pick<StoredUpload, "size" | "offset">,
  files: Files,
  directories: Directories,
): Promise<void> {
  const size = upload.size ?? upload.offset;
  if (files.part !== files.done && (await exists(files.part))) {
    await moveIntoPlace(files, size);
  } else if (await exists(files.done)) {
    await trimTo(files.done, size);
  } else if (size === 0) {
    await createEmpty(files.done, directories);
  } else {
    throw unavailable(`neither ${files.part} nor ${files.done} exists`);
  }
  await directories.settle(dirname(files.done));
}

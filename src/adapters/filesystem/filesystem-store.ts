import { constants } from "node:fs";
import { type FileHandle, lstat, open, truncate, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ChunkStore, ChunkWriter, StoredUpload } from "../../core/ports/chunk-store.ts";
import { Directories, syncDirectory } from "./directories.ts";
import { storeFailure, unavailable, unlessMissing } from "./failure.ts";
import { brokenWriter, createFileWriter } from "./file-writer.ts";
import { finishFile } from "./finish.ts";
import { createLayout, type LayoutSettings } from "./layout.ts";
import { OpenFiles } from "./open-files.ts";
import { readRange } from "./read-range.ts";
import { noReserve, type Reserve } from "./reserve.ts";
import { listObjects } from "./walk.ts";

export interface FilesystemStoreOptions extends LayoutSettings {
  /** Space that only deletions may use; default: none. */
  readonly reserve?: Reserve | undefined;
}

const { O_CREAT, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC } = constants;

/**
 * Bytes of one body between two commits, at most. A kill may cost as many again, which come while
 * these are committed, and what is in the sockets' buffers on both sides: some 6 MiB on Linux.
 */
const STAGE_BYTES = 4 * 2 ** 20;
/** Milliseconds between two commits of one body, at most. */
const STAGE_MS = 5_000;

function holdsNothing(upload: StoredUpload): boolean {
  return upload.offset === 0 && upload.beyond.length === 0;
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw storeFailure(error);
  }
}

/**
 * Stores each upload as a file at `<root>/<dated directory>/<id><extension>`. Only one process may own the root
 * at a time (see `lockDirectory`). Throws an Error for a template or an extension that could leave the root.
 */
export function createFilesystemStore(options: FilesystemStoreOptions): ChunkStore {
  const layout = createLayout(options);
  const directories = new Directories(layout.root);
  const finishing = new Map<string, Promise<void>>();
  const openFiles = new OpenFiles();
  const { reserve = noReserve } = options;

  /** The paths at which the upload's bytes may be, the likely one first. */
  function candidates(upload: StoredUpload): string[] {
    const { part, done } = layout.files(upload);
    return upload.finished ? [done, part] : [part, done];
  }

  async function openToRead(upload: StoredUpload): Promise<FileHandle> {
    for (const path of candidates(upload)) {
      const file = await unlessMissing(open(path, O_RDONLY | O_NOFOLLOW));
      if (file !== null) return file;
    }
    throw unavailable(`no file of ${upload.storageKey} exists`);
  }

  function openToWrite(upload: StoredUpload, path: string): Promise<FileHandle | null> {
    if (!holdsNothing(upload)) return unlessMissing(open(path, O_RDWR | O_NOFOLLOW));
    // An existing file is not truncated: another chunk of the same upload may be writing to it.
    return directories.create(dirname(path), () =>
      open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600),
    );
  }

  /** Makes the name of a new file durable with its first flush only. */
  function settleOnce(path: string): () => Promise<void> {
    let settled = false;
    return async () => {
      if (settled) return;
      await directories.settle(dirname(path));
      settled = true;
    };
  }

  async function openWriter(
    upload: StoredUpload,
  ): Promise<{ writer: ChunkWriter; length: number }> {
    await reserve.require();
    const path = layout.files(upload).part;
    const leave = await openFiles.enter(path);
    try {
      return await openCounted(upload, { path, leave });
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function openCounted(
    upload: StoredUpload,
    { path, leave }: { path: string; leave: () => void },
  ): Promise<{ writer: ChunkWriter; length: number }> {
    const file = await openToWrite(upload, path);
    if (file === null) {
      leave();
      return { writer: brokenWriter, length: 0 };
    }
    const settle = holdsNothing(upload) ? settleOnce(path) : async () => undefined;
    try {
      const { size } = await file.stat();
      const writer = createFileWriter(file, { settle, admit: reserve.check, closed: leave });
      return { writer, length: size };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Truncates the unfinished file to the length that `held` returns, unless it has a writer. */
  function cutBeyond(upload: StoredUpload, held: () => Promise<number | null>): Promise<void> {
    const path = layout.files(upload).part;
    return openFiles.whileUnused(path, async () => {
      const bytes = await held();
      if (bytes === null) return;
      const stats = await unlessMissing(lstat(path));
      if (stats !== null && stats.size > bytes) await unlessMissing(truncate(path, bytes));
    });
  }

  async function lengthOf(upload: StoredUpload): Promise<number> {
    for (const path of candidates(upload)) {
      const stats = await unlessMissing(lstat(path));
      if (stats !== null) return stats.size;
    }
    return 0;
  }

  /** Removes files of one directory, durably, and the directory once it is empty. */
  async function removeFiles(paths: readonly string[], directory: string): Promise<void> {
    for (const path of paths) await unlessMissing(unlink(path));
    // Even if no file existed: a crash may have happened between the removal and the sync.
    if ((await unlessMissing(syncDirectory(directory).then(() => true))) === null) return;
    await directories.prune(directory);
  }

  /** A new writer overwrites the file; only one with another extension than today's stays behind. */
  async function discard(upload: StoredUpload): Promise<void> {
    const { part } = layout.files(upload);
    const fresh = layout.files({ ...upload, storeState: layout.place(upload).storeState });
    if (part !== fresh.part) await removeFiles([part], dirname(part));
  }

  /** Concurrent calls share one run: between the check and the rename no other call may rename. */
  async function finishOnce(upload: StoredUpload): Promise<void> {
    const files = layout.files(upload);
    const running = finishing.get(files.done);
    if (running !== undefined) return await running;
    const run = translated(finishFile(upload, files, directories));
    finishing.set(files.done, run);
    try {
      await run;
    } finally {
      finishing.delete(files.done);
    }
  }

  async function writeProbe(): Promise<void> {
    const path = join(layout.root, `.probe-${process.pid}`);
    const flags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW;
    const file = await directories.create(layout.root, () => open(path, flags, 0o600));
    try {
      await file.write("probe");
      await file.sync();
    } finally {
      await file.close();
      await unlessMissing(unlink(path));
    }
  }

  return {
    capabilities: {
      minChunkBytes: 1,
      maxChunkBytes: Number.MAX_SAFE_INTEGER,
      maxChunks: Number.MAX_SAFE_INTEGER,
      randomWrites: true,
      stage: { bytes: STAGE_BYTES, ms: STAGE_MS },
      readsUnfinished: true,
    },
    place: (upload) => layout.place(upload),
    open: (upload) => translated(openWriter(upload)),
    length: (upload) => translated(lengthOf(upload)),
    read: (upload, range) => readRange(() => openToRead(upload), range),
    cutBeyond: (upload, held) => translated(cutBeyond(upload, held)),
    finish: (upload) => finishOnce(upload),
    remove: async (upload) => {
      const { part, done } = layout.files(upload);
      await translated(removeFiles([part, done], dirname(part)));
    },
    discard: (upload) => translated(discard(upload)),
    requireRoom: () => reserve.require(),
    makeRoom: (work) => reserve.lend(work),
    objects: () => listObjects(layout),
    accountsFor: () => true,
    removeObject: async (key) => {
      const path = layout.resolve(key);
      await translated(removeFiles([path], dirname(path)));
    },
    probe: () => translated(reserve.require().then(writeProbe)),
  };
}

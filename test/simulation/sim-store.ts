import { OpenFiles } from "../../src/adapters/filesystem/open-files.ts";
import { UploadError } from "../../src/core/errors.ts";
import type { ChunkStore, ChunkWriter, StoredUpload } from "../../src/core/ports/chunk-store.ts";
import type { Chance } from "../support/random-file.ts";
import { type FaultContext, pass } from "./faults.ts";

interface Write {
  readonly position: number;
  readonly bytes: Uint8Array;
}

interface SimFile {
  /** What survives a power cut. */
  durable: Buffer;
  /** Writes since the last flush, in their order: readers see them, a power cut may drop them. */
  unsynced: Write[];
  finished: boolean;
  modifiedAt: Date;
}

/** The disk that all processes see, as the file system store uses it: writes in place, flushes. */
export class SimDisk {
  readonly files = new Map<string, SimFile>();

  /** Unsynced writes are lost, each by itself: the disk may have written any of them. */
  cutPower(chance: Chance): void {
    for (const file of this.files.values()) {
      for (const write of file.unsynced) if (chance.next() < 0.5) apply(file, write);
      file.unsynced = [];
    }
  }

  /** A file's bytes as a reader sees them. */
  contents(file: SimFile): Buffer {
    const copy = { ...file, durable: Buffer.from(file.durable) };
    for (const write of file.unsynced) apply(copy, write);
    return copy.durable;
  }
}

function apply(file: SimFile, { position, bytes }: Write): void {
  const length = Math.max(file.durable.length, position + bytes.length);
  if (length > file.durable.length) {
    const longer = Buffer.alloc(length);
    file.durable.copy(longer);
    file.durable = longer;
  }
  file.durable.set(bytes, position);
}

function lengthOf(file: SimFile): number {
  const ends = file.unsynced.map(({ position, bytes }) => position + bytes.length);
  return Math.max(file.durable.length, ...ends);
}

/** A process's view of the disk. */
export function createSimStore(
  disk: SimDisk,
  context: FaultContext & { readonly isShared: boolean },
): ChunkStore {
  const openFiles = new OpenFiles();
  const now = () => new Date(context.scheduler.now);
  const find = (upload: Pick<StoredUpload, "storageKey">) => disk.files.get(upload.storageKey);

  function openFile(upload: StoredUpload): SimFile | null {
    const known = find(upload);
    if (known !== undefined) return known.finished ? null : known;
    if (upload.offset > 0 || upload.beyond.length > 0) return null;
    const file: SimFile = {
      ...{ durable: Buffer.alloc(0), unsynced: [], finished: false, modifiedAt: now() },
    };
    disk.files.set(upload.storageKey, file);
    return file;
  }

  return {
    capabilities: {
      ...{ minChunkBytes: 1, maxChunkBytes: 2 ** 40, maxChunks: 2 ** 30, randomWrites: true },
    },
    place: ({ id }) => ({ storageKey: `disk/${id}`, storeState: null }),
    async open(upload) {
      await pass(context, "store");
      const leave = await openFiles.enter(upload.storageKey);
      const file = openFile(upload);
      if (file === null) {
        leave();
        return { writer: brokenWriter, length: 0 };
      }
      return { writer: writerOf(file, { ...context, leave }), length: lengthOf(file) };
    },
    async length(upload) {
      await pass(context, "store");
      const file = find(upload);
      return file === undefined ? 0 : lengthOf(file);
    },
    async *read(upload, range) {
      for (let at = range.start; at < range.end; ) {
        await pass(context, "store");
        const file = find(upload);
        const contents = file === undefined ? Buffer.alloc(0) : disk.contents(file);
        const end = Math.min(range.end, at + 128 * 1024);
        if (contents.length < end) throw new UploadError("UNAVAILABLE");
        yield Uint8Array.from(contents.subarray(at, end));
        at = end;
      }
    },
    cutBeyond: (upload, held) =>
      openFiles.whileUnused(upload.storageKey, async () => {
        await pass(context, "store");
        const file = find(upload);
        const length = await held();
        // On a disk that several processes share, another one may be writing.
        if (file === undefined || file.finished || length === null || context.isShared) return;
        await pass(context, "store");
        file.durable = Buffer.from(file.durable.subarray(0, length));
        file.unsynced = file.unsynced.filter(({ position }) => position < length);
      }),
    requireRoom: () => pass(context, "store"),
    async makeRoom(work) {
      await pass(context, "store");
      return work();
    },
    async finish(upload) {
      await pass(context, "store");
      const size = upload.size ?? upload.offset;
      const file = find(upload) ?? (size === 0 ? openFile(upload) : null);
      if (!file || lengthOf(file) < size) throw new UploadError("UNAVAILABLE");
      file.finished = true;
      await pass(context, "store");
    },
    async remove(upload) {
      await pass(context, "store");
      disk.files.delete(upload.storageKey);
      await pass(context, "store");
    },
    async *objects() {
      for (const [key, file] of [...disk.files]) {
        await pass(context, "store");
        yield {
          key,
          bytes: lengthOf(file),
          modifiedAt: file.modifiedAt,
          uploadId: key.slice("disk/".length),
          kind: file.finished ? "finished" : "unfinished",
        };
      }
    },
    async removeObject(key) {
      await pass(context, "store");
      disk.files.delete(key);
    },
    probe: () => pass(context, "store"),
  };
}

function writerOf(file: SimFile, context: FaultContext & { leave: () => void }): ChunkWriter {
  let isUseless = false;
  /** Ends when every write that was begun has ended. */
  let writes: Promise<unknown> = Promise.resolve();

  async function attempt(work: () => void): Promise<void> {
    if (isUseless) throw new UploadError("UNAVAILABLE");
    try {
      await pass(context, "store");
    } catch (error) {
      isUseless = true;
      throw error;
    }
    work();
    await context.scheduler.step(context.process);
  }

  return {
    write(position, bytes) {
      // The bytes are read late on purpose: a caller that changes them too early writes wrong bytes.
      const written = attempt(() => {
        file.unsynced.push({ position, bytes: Uint8Array.from(bytes) });
        file.modifiedAt = new Date(context.scheduler.now);
      });
      writes = Promise.allSettled([writes, written]);
      return written;
    },
    async flush() {
      await writes;
      const written = file.unsynced.length;
      await attempt(() => {
        for (const write of file.unsynced.splice(0, written)) apply(file, write);
      });
      return null;
    },
    async close() {
      isUseless = true;
      await writes;
      context.leave();
    },
  };
}

const brokenWriter: ChunkWriter = {
  write: () => Promise.reject(new UploadError("UNAVAILABLE")),
  flush: () => Promise.reject(new UploadError("UNAVAILABLE")),
  close: async () => {},
};

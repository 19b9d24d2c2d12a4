import { OpenFiles } from "../../src/adapters/filesystem/open-files.ts";
import { UploadError } from "../../src/core/errors.ts";
import type { ChunkStore, ChunkWriter, StoredUpload } from "../../src/core/ports/chunk-store.ts";
import { type FaultContext, pass as passAt } from "./faults.ts";
import { apply, lengthOf, type SimDisk, type SimFile } from "./sim-disk.ts";

/** Small, so that small files have many stages. */
const STAGE_BYTES = 64 * 1024;

/** A process's view of the disk. */
export function createSimStore(disk: SimDisk, context: FaultContext): ChunkStore {
  const pass = (name: string) => passAt(context, `disk ${name}`, "storeBefore");
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
      ...{ stage: { bytes: STAGE_BYTES, ms: 5_000 }, readsUnfinished: true },
    },
    place: ({ id }) => ({ storageKey: `disk/${id}`, storeState: null }),
    async open(upload) {
      await pass("open");
      const leave = await openFiles.enter(upload.storageKey);
      const file = openFile(upload);
      if (file === null) {
        leave();
        return { writer: brokenWriter, length: 0 };
      }
      return { writer: writerOf(file, { ...context, leave }), length: lengthOf(file) };
    },
    async length(upload) {
      await pass("length");
      const file = find(upload);
      return file === undefined ? 0 : lengthOf(file);
    },
    async *read(upload, range) {
      for (let at = range.start; at < range.end; ) {
        await pass("read");
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
        await pass("cutBeyond");
        const file = find(upload);
        const length = await held();
        if (file === undefined || file.finished || length === null) return;
        await pass("cutBeyond");
        file.durable = Buffer.from(file.durable.subarray(0, length));
        file.unsynced = file.unsynced.filter(({ position }) => position < length);
      }),
    requireRoom: () => pass("requireRoom"),
    async makeRoom(work) {
      await pass("makeRoom");
      return work();
    },
    async finish(upload) {
      await pass("finish");
      const size = upload.size ?? upload.offset;
      const file = find(upload) ?? (size === 0 ? openFile(upload) : null);
      if (!file || lengthOf(file) < size) throw new UploadError("UNAVAILABLE");
      file.finished = true;
      await pass("finish");
    },
    discard: async () => {},
    async remove(upload) {
      await pass("remove");
      disk.files.delete(upload.storageKey);
      await pass("remove");
    },
    async *objects() {
      for (const [key, file] of [...disk.files]) {
        await pass("objects");
        yield {
          key,
          bytes: lengthOf(file),
          modifiedAt: file.modifiedAt,
          uploadId: key.slice("disk/".length),
          kind: file.finished ? "finished" : "unfinished",
        };
      }
    },
    accountsFor: () => true,
    async removeObject(key) {
      await pass("removeObject");
      disk.files.delete(key);
    },
    probe: () => pass("probe"),
  };
}

function writerOf(file: SimFile, context: FaultContext & { leave: () => void }): ChunkWriter {
  let isUseless = false;
  /** Ends when every write that was begun has ended. */
  let writes: Promise<unknown> = Promise.resolve();

  async function attempt(name: string, work: () => void): Promise<void> {
    if (isUseless) throw new UploadError("UNAVAILABLE");
    try {
      await passAt(context, `disk ${name}`, "storeBefore");
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
      const written = attempt("write", () => {
        file.unsynced.push({ position, bytes: Uint8Array.from(bytes) });
        file.modifiedAt = new Date(context.scheduler.now);
      });
      writes = Promise.allSettled([writes, written]);
      return written;
    },
    async flush() {
      await writes;
      const written = file.unsynced.length;
      await attempt("flush", () => {
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

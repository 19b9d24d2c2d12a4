import { UploadError } from "../../core/errors.ts";
import type {
  ChunkStore,
  ChunkWriter,
  StoredObject,
  StoredUpload,
} from "../../core/ports/chunk-store.ts";
import type { Clock } from "../../core/ports/system.ts";

/** Faults to inject. Read at every call, so they can be set and cleared while the store is in use. */
export interface MemoryFaults {
  /** A write beyond this position fails with STORAGE_FULL. */
  failWriteAt?: number | undefined;
  /** Every flush fails with UNAVAILABLE. */
  failFlush?: boolean | undefined;
}

export interface MemoryStoreOptions {
  readonly faults?: MemoryFaults;
  /** Sets the objects' modification times; without it they are 1970. */
  readonly clock?: Pick<Clock, "now">;
}

interface MemoryFile {
  /** May be larger than `length`. */
  buffer: Buffer;
  length: number;
  modifiedAt: Date;
  finished: boolean;
  readonly writers: Set<MemoryWriter>;
}

const BLOCK_BYTES = 64 * 1024;

function reserve(file: MemoryFile, length: number): void {
  if (length <= file.buffer.length) return;
  const larger = Buffer.alloc(Math.max(length, file.buffer.length * 2, BLOCK_BYTES));
  file.buffer.copy(larger, 0, 0, file.length);
  file.buffer = larger;
}

class MemoryWriter implements ChunkWriter {
  readonly #file: MemoryFile;
  readonly #options: MemoryStoreOptions;
  #useless = false;

  constructor(file: MemoryFile, options: MemoryStoreOptions) {
    this.#file = file;
    this.#options = options;
    file.writers.add(this);
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    this.#mustWork();
    const end = position + bytes.length;
    if (end > (this.#options.faults?.failWriteAt ?? Number.POSITIVE_INFINITY)) {
      this.#useless = true;
      throw new UploadError("STORAGE_FULL");
    }
    if (bytes.length === 0) return;
    reserve(this.#file, end);
    this.#file.buffer.set(bytes, position);
    this.#file.length = Math.max(this.#file.length, end);
    this.#file.modifiedAt = this.#options.clock?.now() ?? new Date(0);
  }

  async flush(): Promise<null> {
    this.#mustWork();
    if (this.#options.faults?.failFlush === true) {
      this.#useless = true;
      throw new UploadError("UNAVAILABLE");
    }
    return null;
  }

  async close(): Promise<void> {
    this.#useless = true;
    this.#file.writers.delete(this);
  }

  #mustWork(): void {
    if (this.#useless) throw new UploadError("UNAVAILABLE");
  }
}

const brokenWriter: ChunkWriter = {
  write: async () => {
    throw new UploadError("UNAVAILABLE");
  },
  flush: async () => {
    throw new UploadError("UNAVAILABLE");
  },
  close: async () => undefined,
};

function emptyFile(finished: boolean): MemoryFile {
  return {
    buffer: Buffer.alloc(0),
    length: 0,
    modifiedAt: new Date(0),
    finished,
    writers: new Set(),
  };
}

/** A store in memory, for tests. Behaves like the filesystem store. */
export function createMemoryStore(options: MemoryStoreOptions = {}): ChunkStore {
  const files = new Map<string, MemoryFile>();

  function openFile(upload: StoredUpload): MemoryFile | null {
    const known = files.get(upload.storageKey);
    if (known !== undefined && !known.finished) return known;
    if (upload.offset > 0 || upload.beyond.length > 0 || known !== undefined) return null;
    const file = emptyFile(false);
    files.set(upload.storageKey, file);
    return file;
  }

  return {
    capabilities: {
      minChunkBytes: 1,
      maxChunkBytes: Number.MAX_SAFE_INTEGER,
      maxChunks: Number.MAX_SAFE_INTEGER,
      randomWrites: true,
      stage: { bytes: 4 * 2 ** 20, ms: 5_000 },
      readsUnfinished: true,
    },
    place: ({ id }) => ({ storageKey: `memory/${id}`, storeState: null }),
    open: async (upload) => {
      const file = openFile(upload);
      return file === null
        ? { writer: brokenWriter, length: 0 }
        : { writer: new MemoryWriter(file, options), length: file.length };
    },
    length: async (upload) => files.get(upload.storageKey)?.length ?? 0,
    read: async function* (upload, range) {
      let position = range.start;
      while (position < range.end) {
        const file = files.get(upload.storageKey);
        const end = Math.min(range.end, position + BLOCK_BYTES, file?.length ?? 0);
        if (file === undefined || end <= position) throw new UploadError("UNAVAILABLE");
        yield Uint8Array.from(file.buffer.subarray(position, end));
        position = end;
      }
    },
    cutBeyond: async (upload, held) => {
      const file = files.get(upload.storageKey);
      if (file === undefined || file.finished || file.writers.size > 0) return;
      const bytes = await held();
      if (bytes !== null) file.length = Math.min(file.length, bytes);
    },
    finish: async (upload) => {
      const size = upload.size ?? upload.offset;
      const file = files.get(upload.storageKey) ?? (size === 0 ? emptyFile(true) : null);
      if (file === null || file.length < size) throw new UploadError("UNAVAILABLE");
      file.length = size;
      file.finished = true;
      files.set(upload.storageKey, file);
    },
    // Bytes that a reset leaves are overwritten.
    discard: async () => {},
    remove: async (upload) => {
      files.delete(upload.storageKey);
    },
    objects: async function* () {
      for (const [key, file] of files) yield describeFile(key, file);
    },
    accountsFor: () => true,
    removeObject: async (key) => {
      files.delete(key);
    },
    requireRoom: async () => undefined,
    makeRoom: (work) => work(),
    probe: async () => {
      if (options.faults?.failFlush === true) throw new UploadError("UNAVAILABLE");
    },
  };
}

function describeFile(key: string, file: MemoryFile): StoredObject {
  return {
    key,
    bytes: file.length,
    modifiedAt: file.modifiedAt,
    uploadId: key.slice("memory/".length),
    kind: file.finished ? "finished" : "unfinished",
  };
}

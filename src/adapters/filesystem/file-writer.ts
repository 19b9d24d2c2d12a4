import type { UploadError } from "../../core/errors.ts";
import type { ChunkWriter } from "../../core/ports/chunk-store.ts";
import { Batch, withoutFirst } from "./batch.ts";
import { storeFailure, unavailable } from "./failure.ts";

/**
 * Bytes that go into one write. Larger gains nothing measurable once a digest runs; a writer holds two of these at
 * most: one on its way to the disk, one waiting for it.
 */
export const BATCH_BYTES = 256 * 1024;

/** What a writer needs of a file; `FileHandle` has it. */
export interface WritableFile {
  writev(pieces: Uint8Array[], position: number): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes in place. Pieces are gathered without copying; while one batch is on its way to the
 * disk the next is gathered, so that the caller can hash meanwhile.
 */
class FileWriter implements ChunkWriter {
  readonly #file: WritableFile;
  readonly #settle: () => Promise<void>;
  #batch: Batch | null = null;
  /** Resolves when everything handed over so far is written or has failed; never rejects. */
  #written: Promise<void> = Promise.resolve();
  #failure: UploadError | null = null;
  #closing: Promise<void> | null = null;

  constructor(file: WritableFile, settle: () => Promise<void>) {
    this.#file = file;
    this.#settle = settle;
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    this.#mustWork();
    if (bytes.length === 0) return;
    if (this.#batch !== null && this.#batch.end !== position) await this.#handOver();
    this.#batch ??= new Batch(position);
    this.#batch.add(bytes);
    if (this.#batch.bytes >= BATCH_BYTES) await this.#handOver();
    this.#mustWork();
  }

  async flush(): Promise<null> {
    this.#mustWork();
    void this.#handOver();
    await this.#written;
    this.#mustWork();
    try {
      await Promise.all([this.#file.datasync(), this.#settle()]);
    } catch (error) {
      // The kernel may have dropped the pages and would report success next time.
      this.#failure ??= storeFailure(error);
    }
    this.#mustWork();
    return null;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#batch = null;
    await this.#written;
    try {
      await this.#file.close();
    } catch {
      // Nothing depends on it: what counts was flushed.
    }
  }

  /** Sends the batch on its way behind the one before; resolves when that one is written. */
  #handOver(): Promise<void> {
    const before = this.#written;
    const batch = this.#batch;
    if (batch === null) return before;
    this.#batch = null;
    this.#written = before.then(() => this.#send(batch));
    return before;
  }

  async #send(batch: Batch): Promise<void> {
    let position = batch.start;
    let pieces = batch.pieces;
    try {
      while (pieces.length > 0 && this.#failure === null) {
        const { bytesWritten } = await this.#file.writev(pieces, position);
        if (bytesWritten <= 0) throw new Error("the file takes no more bytes");
        position += bytesWritten;
        pieces = withoutFirst(pieces, bytesWritten);
      }
    } catch (error) {
      this.#failure ??= storeFailure(error);
    }
  }

  #mustWork(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#closing !== null) throw unavailable("the writer is closed");
  }
}

/** A writer into an open file. `settle` makes the file's name durable; it runs with every flush. */
export function createFileWriter(file: WritableFile, settle: () => Promise<void>): ChunkWriter {
  return new FileWriter(file, settle);
}

/** The writer of a file that is not there although it should be: harmless, and of no use. */
export const brokenWriter: ChunkWriter = {
  write: async () => {
    throw unavailable("the file is gone");
  },
  flush: async () => {
    throw unavailable("the file is gone");
  },
  close: async () => undefined,
};

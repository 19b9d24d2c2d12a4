import type { UploadError } from "../../core/errors.ts";
import type { ChunkWriter } from "../../core/ports/chunk-store.ts";
import { storeFailure, unavailable } from "./failure.ts";

/** The methods of `FileHandle` that a writer uses. */
export interface WritableFile {
  writev(pieces: Uint8Array[], position: number): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** Callbacks of a writer. */
export interface WriterMeans {
  /** Makes the file's name durable; called with every flush. */
  readonly settle: () => Promise<void>;
  /** Called before each write; throws STORAGE_FULL while writing is not allowed. */
  readonly admit?: (() => void) | undefined;
  /** Called once the file is closed. */
  readonly closed?: (() => void) | undefined;
}

/** Writes at positions of one file, one write at a time, in the order of the calls. */
class FileWriter implements ChunkWriter {
  readonly #file: WritableFile;
  readonly #means: WriterMeans;
  /** Resolves when all writes so far have succeeded or failed; never rejects. */
  #written: Promise<void> = Promise.resolve();
  #failure: UploadError | null = null;
  #closing: Promise<void> | null = null;

  constructor(file: WritableFile, means: WriterMeans) {
    this.#file = file;
    this.#means = means;
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    this.#mustWork();
    this.#written = this.#written.then(() => this.#send(position, bytes));
    await this.#written;
    if (this.#failure !== null) throw this.#failure;
  }

  async flush(): Promise<null> {
    this.#mustWork();
    await this.#written;
    this.#mustWork();
    try {
      await Promise.all([this.#file.datasync(), this.#means.settle()]);
    } catch (error) {
      // The kernel may have dropped the pages; the next sync would report success.
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
    await this.#written;
    try {
      await this.#file.close();
    } catch {
      // Ignored: committed bytes have been flushed.
    } finally {
      this.#means.closed?.();
    }
  }

  async #send(position: number, bytes: Uint8Array): Promise<void> {
    try {
      for (let sent = 0; sent < bytes.length && this.#failure === null; ) {
        this.#means.admit?.();
        const rest = sent === 0 ? bytes : bytes.subarray(sent);
        const { bytesWritten } = await this.#file.writev([rest], position + sent);
        if (bytesWritten <= 0) throw new Error("the file accepts no more bytes");
        sent += bytesWritten;
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

/** A writer into an open file. */
export function createFileWriter(file: WritableFile, means: WriterMeans): ChunkWriter {
  return new FileWriter(file, means);
}

/** The writer of a file that should exist but does not: every call fails. */
export const brokenWriter: ChunkWriter = {
  write: async () => {
    throw unavailable("the file is gone");
  },
  flush: async () => {
    throw unavailable("the file is gone");
  },
  close: async () => undefined,
};

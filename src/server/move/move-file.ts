import { compareFile, type TakeBytes } from "../../core/housekeeping/compare-file.ts";
import type { ChunkStore, ChunkWriter, Merge, StoredUpload } from "../../core/ports/chunk-store.ts";
import type { Digests } from "../../core/ports/digests.ts";
import type { VerifyFinding } from "../../core/requests.ts";
import type { Upload } from "../../core/upload.ts";

/** Where finished files are, where they go, and when to stop. */
export interface FileMove {
  readonly source: ChunkStore;
  /** Null: the files stay where they are and are only compared with their records. */
  readonly target: ChunkStore | null;
  readonly digests: Digests;
  readonly signal: AbortSignal;
  /** Whether an earlier run may have left an object without a record. */
  readonly resumed: boolean;
}

/** The record for the target, or the reason why the file was not moved. */
export type MovedFile =
  | { readonly record: Upload }
  | { readonly problem: NonNullable<VerifyFinding["problem"]> };

/** Bytes between two flushes. A flush frees the objects that the store keeps twice until then. */
const FLUSH_BYTES = 256 * 2 ** 20;

/**
 * Copies one finished file and compares its bytes with the record while they pass. Nothing of a
 * file that does not match stays in the target. Throws the signal's reason, and what the target throws.
 */
export async function moveFile(move: FileMove, upload: Upload): Promise<MovedFile> {
  if (move.target === null) {
    const problem = await problemOf(move, upload, async () => move.signal.throwIfAborted());
    return problem === null ? { record: upload } : { problem };
  }
  const copy = new FileCopy(move.target, upload);
  if (move.resumed) await copy.remove();
  try {
    await copy.open();
    const problem = await problemOf(move, upload, async (bytes) => {
      move.signal.throwIfAborted();
      await copy.write(bytes);
    });
    if (problem === null) return { record: await copy.finish() };
    await copy.remove();
    return { problem };
  } catch (error) {
    await copy.remove().catch(() => undefined);
    throw error;
  }
}

/** A file that cannot be read is a finding; what `take` throws ends the move. */
async function problemOf(
  { source, digests }: FileMove,
  upload: Upload,
  take: TakeBytes,
): Promise<VerifyFinding["problem"]> {
  const failure: { error?: unknown } = {};
  try {
    return await compareFile({ store: source, digests }, upload, async (bytes) => {
      try {
        await take(bytes);
      } catch (error) {
        failure.error = error;
        throw error;
      }
    });
  } catch (error) {
    if ("error" in failure) throw error;
    return "unreadable";
  }
}

/** The copy of a file in another store, as an upload of its own that has one writer. */
class FileCopy {
  readonly #store: ChunkStore;
  readonly #upload: Upload;
  #stored: StoredUpload;
  #writer: ChunkWriter | null = null;
  #position = 0;
  #flushAt: number;

  constructor(store: ChunkStore, upload: Upload) {
    const { storageKey, storeState } = store.place(upload);
    this.#store = store;
    this.#upload = upload;
    this.#flushAt = FLUSH_BYTES;
    this.#stored = {
      ...upload,
      ...{ storageKey, storeState, offset: 0, beyond: [], state: "uploading", finished: false },
    };
  }

  async open(): Promise<void> {
    if (this.#upload.size === 0) return;
    const { writer } = await this.#store.open(this.#stored, async (merge) => this.#merge(merge));
    this.#writer = writer;
    this.#flushAt = this.#nextFlush();
  }

  async write(bytes: Uint8Array): Promise<void> {
    const cut = Math.max(0, Math.min(bytes.length, this.#flushAt - this.#position));
    await this.#put(bytes.subarray(0, cut));
    if (this.#position < this.#flushAt) return;
    await this.#flush();
    await this.#put(bytes.subarray(cut));
  }

  /** Returns the record that names the finished copy. */
  async finish(): Promise<Upload> {
    await this.#flush();
    await this.#writer?.close();
    await this.#store.finish({ ...this.#stored, offset: this.#position });
    const { storageKey, storeState } = this.#stored;
    return { ...this.#upload, storageKey, storeState, finished: true };
  }

  async remove(): Promise<void> {
    await this.#writer?.close();
    await this.#store.remove(this.#stored);
  }

  async #put(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    const position = this.#position;
    this.#position += bytes.length;
    await this.#writer?.write(position, bytes);
  }

  async #flush(): Promise<void> {
    const flushed = (await this.#writer?.flush()) ?? null;
    this.#flushAt = this.#nextFlush();
    if (flushed === null) return;
    this.#merge(flushed.merge);
    await flushed.committed?.();
  }

  #nextFlush(): number {
    const least = this.#position + FLUSH_BYTES;
    return this.#writer?.nextBoundary?.(least - 1) ?? least;
  }

  #merge(merge: Merge): StoredUpload {
    this.#stored = { ...this.#stored, storeState: merge(this.#stored.storeState) };
    return this.#stored;
  }
}

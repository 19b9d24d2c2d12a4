import type { ByteRange } from "../ranges.ts";
import type { JsonValue, Upload } from "../upload.ts";

/** What a store can and cannot do, as data: no method that throws "not implemented". */
export interface StoreCapabilities {
  /** The least length of a chunk but the last, in bytes. */
  readonly minChunkBytes: number;
  readonly maxChunkBytes: number;
  readonly maxChunks: number;
  /** Whether bytes may be written at any position, in ranges of any length. */
  readonly randomWrites: boolean;
}

/** What a store needs to know of an upload. */
export type StoredUpload = Pick<
  Upload,
  "id" | "storageKey" | "storeState" | "offset" | "beyond" | "size" | "state" | "finished"
>;

export interface ChunkWriter {
  /**
   * Takes bytes for `position`. Resolves once it needs them no longer: they may be changed then,
   * and are not yet durable. Calls need not wait for each other.
   * Throws STORAGE_FULL, or UNAVAILABLE for any other failure of the store.
   */
  write(position: number, bytes: Uint8Array): Promise<void>;
  /**
   * Resolves when everything written before the call is on stable storage; writes may go on
   * meanwhile. Answers the store's new state when the record must remember one. After a failure
   * the writer is useless: whatever was not flushed before does not count.
   */
  flush(): Promise<{ storeState: JsonValue } | null>;
  /** Ends the writer, without any promise about unflushed bytes. Always call it; never throws. */
  close(): Promise<void>;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** The id of the upload that the object seems to belong to; null when its name tells none. */
  readonly uploadId: string | null;
  readonly kind: "unfinished" | "finished";
}

/** Where the bytes of uploads lie. */
export interface ChunkStore {
  readonly capabilities: StoreCapabilities;
  /** Chooses where an upload will lie. No I/O: nothing exists before the first byte. */
  place(upload: { id: string; createdAt: Date }): { storageKey: string; storeState: JsonValue };
  /**
   * Opens an upload for writing. `length` is how many bytes the store could hold at most (the
   * file's length): less than the record's highest held byte means that the store lost bytes, and
   * the caller must not write. Creates the object only while the record holds nothing.
   */
  open(upload: StoredUpload): Promise<{ writer: ChunkWriter; length: number }>;
  /** How many bytes lie there at most; 0 when nothing does. */
  length(upload: StoredUpload): Promise<number>;
  /** Reads a range, finished or not. Throws UNAVAILABLE when the bytes are not there. */
  read(upload: StoredUpload, range: ByteRange): AsyncIterable<Uint8Array>;
  /**
   * Frees what lies beyond the first `held()` bytes of an unfinished upload: bytes that were refused.
   * `held` is called while no writer has the upload open, and no writer gets it before the end; null
   * changes nothing. Does nothing while a writer has it open.
   */
  cutBeyond(upload: StoredUpload, held: () => Promise<number | null>): Promise<void>;
  /** Puts a complete upload's bytes into their final place, durably. May be repeated after a crash. */
  finish(upload: StoredUpload): Promise<void>;
  /** Removes whatever is there, durably; removing nothing is no error. */
  remove(upload: StoredUpload): Promise<void>;
  /** Everything in the store, for the search for orphans. */
  objects(): AsyncIterable<StoredObject>;
  /** Removes one object found by `objects()`. */
  removeObject(key: string): Promise<void>;
  /** Throws STORAGE_FULL while the space that is kept for deletions is used up. */
  requireRoom(): Promise<void>;
  /**
   * Frees the space that is kept for deletions, runs the deletion `work` and returns its result.
   * Until there is room again, writers and `requireRoom` throw STORAGE_FULL.
   */
  makeRoom<T>(work: () => Promise<T>): Promise<T>;
  /** Throws UNAVAILABLE (or STORAGE_FULL) when the store cannot be written. */
  probe(): Promise<void>;
}

import type { ByteRange } from "../ranges.ts";
import type { JsonValue, Upload } from "../upload.ts";
import type { DirectStore } from "./direct-store.ts";

/** What a store can and cannot do, as data: no method that throws "not implemented". */
export interface StoreCapabilities {
  /** The least length of a chunk but the last, in bytes. */
  readonly minChunkBytes: number;
  readonly maxChunkBytes: number;
  readonly maxChunks: number;
  /** Whether bytes may be written at any position, in ranges of any length. */
  readonly randomWrites: boolean;
  /**
   * How often a body that continues the prefix is committed while it arrives: after `bytes` bytes, or
   * at the first boundary after them where the writer has boundaries; and at the latest after `ms`
   * milliseconds, at any position. `Infinity` for no timer.
   */
  readonly stage: { readonly bytes: number; readonly ms: number };
  /**
   * Whether `read` reads an upload before `finish`. Where it cannot, the core calls `finish` for a full
   * upload before it reads it back, and before it marks it complete.
   */
  readonly readsUnfinished: boolean;
}

/** Makes a new state from the newest one. Pure: it may be called several times. */
export type Merge = (state: JsonValue) => JsonValue;

/**
 * Applies `merge` to the record's state by compare-and-swap, and resolves with the newest record. Does
 * not write when `merge` returns the same object. Throws BUSY when the writer's claim is overtaken, and
 * what `merge` throws.
 */
export type Remember = (merge: Merge) => Promise<StoredUpload>;

/** What a flush changed. */
export interface Flushed {
  /**
   * Adds to the newest state what this flush wrote: the parts of other writers are already in it. It
   * must throw UNAVAILABLE when what it adds does not belong to that state any longer (a reset replaced
   * it): then nothing of the flush counts.
   */
  readonly merge: Merge;
  /**
   * Called after the commit: frees what the merge made superfluous. Its failure is logged and does not
   * fail the commit. Not called when the commit fails or its outcome is unknown: what was flushed may
   * then count or not, and only the search for orphans may remove it.
   */
  committed?(): Promise<void> | void;
}

/** What a store needs to know of an upload. */
export type StoredUpload = Pick<
  Upload,
  | "id"
  | "createdAt"
  | "maxBytes"
  | "storageKey"
  | "storeState"
  | "offset"
  | "beyond"
  | "size"
  | "state"
  | "finished"
>;

/** What the placement of an upload depends on. Bytes; null for unknown and for no limit. */
export type NewlyPlaced = Pick<Upload, "id" | "createdAt" | "size" | "maxBytes">;

export interface Placed {
  readonly storageKey: string;
  readonly storeState: JsonValue;
  /** The length of chunk that suits the store best; absent where any does. Bytes. */
  readonly chunkBytes?: number;
}

export interface ChunkWriter {
  /**
   * Takes bytes for `position`. Resolves once it needs them no longer: they may be changed then,
   * and are not yet durable. Calls need not wait for each other.
   * Throws STORAGE_FULL, or UNAVAILABLE for any other failure of the store.
   */
  write(position: number, bytes: Uint8Array): Promise<void>;
  /**
   * Resolves when everything written before the call is on stable storage; writes may go on
   * meanwhile. Returns what the record must remember; null for nothing. After a failure the writer is
   * useless: bytes that were not flushed before are not counted. Throws BytesLost.
   */
  flush(): Promise<Flushed | null>;
  /**
   * The first position after `position` where the store would like a staged body to be committed: the
   * end of one of its parts. The core flushes exactly there. Absent where every position costs the same.
   */
  readonly nextBoundary?: (position: number) => number;
  /** Ends the writer, without any promise about unflushed bytes. Always call it; never throws. */
  close(): Promise<void>;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** The id of the upload in the name of the object; null if the name contains none. */
  readonly uploadId: string | null;
  readonly kind: "unfinished" | "finished";
}

/** Response headers of a download from a URL of the store. */
export interface LinkHeaders {
  readonly contentType: string;
  readonly contentDisposition: string;
}

/** Where the bytes of uploads lie. */
export interface ChunkStore {
  readonly capabilities: StoreCapabilities;
  /** How clients send bytes to the store themselves; absent where they cannot. */
  readonly direct?: DirectStore;
  /**
   * Chooses where an upload will lie, and its first state. No I/O: nothing exists before the first
   * byte. Called again after a reset, for a fresh state. Throws TOO_LARGE for a size that cannot fit.
   */
  place(upload: NewlyPlaced): Placed;
  /**
   * Opens an upload for writing. `length` is how many bytes the store could hold at most (the
   * file's length): less than the record's highest held byte means that the store lost bytes, and
   * the caller must not write. Creates the object only while the record holds nothing. What every
   * writer of the upload must agree on (a multipart upload's id) is settled by `remember` before a
   * byte counts: the merge keeps what the newest state has, and the loser removes its own.
   * Throws BytesLost.
   */
  open(upload: StoredUpload, remember: Remember): Promise<{ writer: ChunkWriter; length: number }>;
  /** How many bytes lie there at most; 0 when nothing does. */
  length(upload: StoredUpload): Promise<number>;
  /**
   * Reads a range, finished or not (see `readsUnfinished`). Throws UNAVAILABLE when the bytes are not
   * there.
   */
  read(upload: StoredUpload, range: ByteRange): AsyncIterable<Uint8Array>;
  /**
   * Returns a URL from which anyone can download a finished upload for a short time, with the given
   * response headers. Absent where the store has no URLs of its own.
   */
  readonly link?: (upload: StoredUpload, headers: LinkHeaders) => Promise<string>;
  /**
   * Frees what lies beyond the first `held()` bytes of an unfinished upload: bytes that were refused.
   * `held` is called while no writer has the upload open, and no writer gets it before the end; null
   * changes nothing. Does nothing while a writer has it open.
   */
  cutBeyond(upload: StoredUpload, held: () => Promise<number | null>): Promise<void>;
  /**
   * Puts the bytes of an upload that holds all of them into their final place, durably. May be repeated
   * after a crash. Where `readsUnfinished` is false it is called while the record is still `uploading`,
   * and may throw BytesLost then. UNAVAILABLE when bytes are missing.
   */
  finish(upload: StoredUpload): Promise<void>;
  /**
   * Removes what only the superseded state of `upload` names, after a reset has replaced that state
   * (by the state of `place`). Must not touch anything that a new writer of the upload uses.
   */
  discard(upload: StoredUpload): Promise<void>;
  /** Removes all objects of the upload, durably. Removing nothing is not an error. */
  remove(upload: StoredUpload): Promise<void>;
  /** Everything in the store, for the search for orphans. */
  objects(): AsyncIterable<StoredObject>;
  /**
   * Whether the record of its upload accounts for an unfinished object. Where it does not, a crash left
   * the object, and the search for orphans removes it once it is old enough.
   */
  accountsFor(upload: StoredUpload, object: StoredObject): boolean;
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

import { addRange, type ByteRange } from "./ranges.ts";

/**
 * How an upload was created. A tus upload completes with its last byte. The bytes of a `direct` one
 * go from the client to the store, and not through the server (see `DirectStore`).
 */
export type UploadOrigin = "api" | "drf" | "tus" | "direct";

/**
 * The state of a record. `merged` is a partial that a final has claimed: its bytes are removed after they are
 * copied. `deleting` is a deletion that is running, or was interrupted by a crash: the upload is invisible,
 * and the deletion is finished at the next start. `swept` is an expired upload whose bytes were removed and
 * whose record was kept.
 */
export type UploadState = "uploading" | "complete" | "merged" | "deleting" | "swept";

/**
 * The role in a tus concatenation. A `partial` contains a part of a file and is read only by finals. A `final`
 * accepts no bytes from clients: it is assembled from partials (`CompletionWorker`).
 */
export type UploadConcat = "partial" | "final";

/** The state of `onComplete`; null before completion. `failed` is retried with backoff. */
export type CompletionState = "pending" | "done" | "failed";

/** What the caller sees of `UploadState` and the clock. */
export type UploadStatus = "uploading" | "complete" | "expired";

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A `ChunkedUpload` record. Sizes and offsets are bytes. */
export interface Upload {
  readonly id: string;
  /** The owner; null for an anonymous upload. */
  readonly ownerId: string | null;
  readonly origin: UploadOrigin;
  readonly profile: string;
  readonly filename: string;
  /** The relative path of the file in the folder that was sent, the filename included; null without one. */
  readonly path: string | null;
  readonly contentType: string | null;
  /** The client's metadata, as returned by the profile's schema. */
  readonly metadata: { readonly [key: string]: JsonValue };
  /** Total bytes; null while the length is deferred. */
  readonly size: number | null;
  /** The limit at the creation of the upload; null for none. */
  readonly maxBytes: number | null;
  readonly chunkSize: number;
  /** The length of the unbroken prefix held. */
  readonly offset: number;
  /** Ranges held beyond the prefix. */
  readonly beyond: readonly ByteRange[];
  readonly checksumAlgorithm: string;
  /** The digest's inner state after the first `digestOffset` bytes; null means an empty prefix. */
  readonly digestState: Uint8Array | null;
  readonly digestOffset: number;
  /** The whole file's digest, lower-case hex; null until complete. */
  readonly checksum: string | null;
  /** Where the store keeps the bytes, and the state that the store needs for them. */
  readonly storageKey: string;
  readonly storeState: JsonValue;
  readonly state: UploadState;
  /** True once the store has put a complete upload's file into its final place. */
  readonly finished: boolean;
  readonly completion: CompletionState | null;
  /** Why `onComplete` failed last, for operators; null otherwise. */
  readonly completionError: string | null;
  /** What `onComplete` returned, encoded by the `ResultCodec`. */
  readonly result: string | null;
  readonly concat: UploadConcat | null;
  /** Of a final: the ids of its partials in order; an id may occur several times. */
  readonly parts: readonly string[] | null;
  /** Of a partial in state `merged`: the final that it went into. */
  readonly finalId: string | null;
  /** The tus headers of the creation request, as received: HEAD returns them. */
  readonly uploadMetadata: string | null;
  readonly uploadConcat: string | null;
  /** Counts the record's changes: every change names the version that it was based on. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly completedAt: Date | null;
}

/** All ranges held, ascending, disjoint and merged. */
export function receivedRanges(upload: Pick<Upload, "offset" | "beyond">): readonly ByteRange[] {
  return upload.offset === 0
    ? upload.beyond
    : addRange(upload.beyond, { start: 0, end: upload.offset });
}

/**
 * The status at `now`. A complete upload never expires; expiry is judged when a request starts. A
 * merged partial is no file of its own, and counts as unfinished until its time is over.
 */
export function uploadStatus(upload: Pick<Upload, "state" | "expiresAt">, now: Date): UploadStatus {
  if (upload.state === "complete") return "complete";
  return upload.state === "swept" || upload.expiresAt <= now ? "expired" : "uploading";
}

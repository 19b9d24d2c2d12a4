import type { AccessPolicy } from "./principal.ts";

/** The settings that the use cases need, as the environment gave them. Bytes and milliseconds. */
export interface CoreSettings {
  readonly expirationMs: number;
  /** Whether the time runs from the upload's beginning or from its last chunk. */
  readonly expirationFrom: "created" | "activity";
  readonly checksumAlgorithm: string;
  readonly maxBytes: number | null;
  readonly chunkSize: number;
  /** A body is ended after this time without a byte. */
  readonly idleTimeoutMs: number;
  readonly quotaBytes: number | null;
  readonly access: AccessPolicy;
}

/** Bytes of a body of unknown length between two looks at its owner's quota. */
export const QUOTA_LOOK_BYTES = 4 * 2 ** 20;
/** How long a claim or lease is valid. A live instance renews it after a third of this time. */
export const LEASE_MS = 10_000;
/** How often a claim is renewed if other instances cannot be notified of a takeover. */
export const RENEW_MS = 500;
/** How long a request waits for an older writer in another instance to stop, before it fails with BUSY. */
export const TAKEOVER_WAIT_MS = 4_000;
/** How long a request waits for live writers to commit what they have received. */
export const SETTLE_MS = 250;
/** How long `complete` waits for a digest that catches up, and for `onComplete`. */
export const COMPLETE_WAIT_MS = 10_000;
/** The smallest chunk size that `init` returns. */
export const MIN_CHUNK_BYTES = 64 * 2 ** 10;
/** No file is cut into more chunks than this. */
export const MAX_CHUNKS = 10_000;
/** Maximum number of separate ranges beyond the prefix; further ones are refused with BUSY. */
export const MAX_INTERVALS = 1_024;
/** How many first bytes decide a file's type. */
export const SNIFF_BYTES = 4_100;

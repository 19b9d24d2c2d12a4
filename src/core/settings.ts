import type { AccessPolicy } from "./principal.ts";

/** The settings that the use cases need, as the environment gave them. Bytes and milliseconds. */
export interface CoreSettings {
  readonly expirationMs: number;
  /** Whether the time runs from the upload's beginning or from its last chunk. */
  readonly expirationFrom: "created" | "activity";
  readonly checksumAlgorithm: string;
  readonly maxBytes: number | null;
  readonly chunkSize: number;
  /** A body that gives no byte for so long ends. */
  readonly idleTimeoutMs: number;
  readonly quotaBytes: number | null;
  readonly access: AccessPolicy;
}

/**
 * Bytes of one body between two commits, at most. A kill may cost as many again, which come while
 * these are committed, and what is in the sockets' buffers on both sides: some 6 MiB on Linux.
 */
export const STAGE_BYTES = 4 * 2 ** 20;
/** Milliseconds between two commits of one body, at most. */
export const STAGE_MS = 5_000;
/** How long a silent instance's claim stands, and how often a live one renews it. */
export const LEASE_MS = 10_000;
export const RENEW_MS = 500;
/** How long a newcomer waits for an older writer in another instance to stop, before it hears BUSY. */
export const TAKEOVER_WAIT_MS = 2_000;
/** How long `complete` waits for a digest that catches up, and for `onComplete`. */
export const COMPLETE_WAIT_MS = 10_000;
/** The least chunk size that `init` answers. */
export const MIN_CHUNK_BYTES = 64 * 2 ** 10;
/** No file is cut into more chunks than this. */
export const MAX_CHUNKS = 10_000;
/** More separate ranges than this beyond the prefix, and newcomers hear BUSY. */
export const MAX_INTERVALS = 1_024;
/** How many first bytes decide a file's type. */
export const SNIFF_BYTES = 4_100;

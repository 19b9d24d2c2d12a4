import type { RetryPolicy } from "./backoff.ts";
import type { ContentDigestAlgorithm } from "./content-digest.ts";

/** Options of the client in every runtime. */
export interface CommonClientOptions {
  /**
   * An API token or a ticket, or a function that gives one: it is called when a token is needed
   * first, and again whenever the server no longer takes the last one (401). Left out: the cookie
   * of the browser's session speaks.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** Tells apart what several users of one machine have under way. */
  readonly account?: string;
  /** Chunks of one file on the way at once, at most; fewer where more would not help. 3 unless told. */
  readonly parallel?: number;
  /** Chunks of all files on the way at once; 4 unless told (a browser has six connections a host). */
  readonly maxChunks?: number;
  /** Files under way at once; unless told 3, and 6 of up to 1 MiB beside them. */
  readonly maxFiles?: number;
  /** Sends a digest with every chunk, which the server verifies before the bytes count. None unless told. */
  readonly chunkDigest?: ContentDigestAlgorithm;
  /** How often and how long to try again; what is left out keeps its default. */
  readonly retry?: Partial<RetryPolicy>;
  /** No byte gone and no answer for so long (ms): the line is dead. 60,000 unless told. */
  readonly stallMs?: number;
  /**
   * How long (ms) to wait for an `onComplete` that fails on the server, which tries it again and
   * again, before `done` rejects with COMPLETION_FAILED. 60,000 unless told.
   */
  readonly completionPatienceMs?: number;
  /** Carries the control calls; the global `fetch` unless told. */
  readonly fetch?: typeof globalThis.fetch;
}

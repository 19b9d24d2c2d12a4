import type { RetryPolicy } from "./backoff.ts";
import type { ContentDigestAlgorithm } from "./content-digest.ts";
import type { BeginOptions } from "./control.ts";

/**
 * Which way the bytes go: through the server, or directly to its store (`direct` fails where the server
 * does not offer it; `auto` then uses the server).
 */
export type Transfer = NonNullable<BeginOptions["transfer"]>;

/** Options of the client in every runtime. */
export interface CommonClientOptions {
  /**
   * An API token or a ticket, or a function that returns one. The function is called when a token is
   * first needed, and again whenever the server refuses the last one (401). Left out: the browser's
   * session cookie is used.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** Separates the remembered uploads of several users of one machine. */
  readonly account?: string;
  /** The largest number of chunks of one file sent at the same time; fewer when more does not help. Default: 3. */
  readonly parallel?: number;
  /** Chunks of all files sent at the same time. Default: 4 (a browser has six connections to a host). */
  readonly maxChunks?: number;
  /** Files sent at the same time. Default: 3, and 6 more of up to 1 MiB. */
  readonly maxFiles?: number;
  /** Sends a digest with every chunk, which the server verifies before the bytes count. Default: none. */
  readonly chunkDigest?: ContentDigestAlgorithm;
  /** Which way the bytes of new uploads go. A stream always goes through the server. Default: `server`. */
  readonly transfer?: Transfer;
  /** How often and when to retry; fields that are left out keep their defaults. */
  readonly retry?: Partial<RetryPolicy>;
  /** A request fails, and is retried, after this many milliseconds without progress. Default: 60,000. */
  readonly stallMs?: number;
  /**
   * How long (ms) to wait for an `onComplete` that fails on the server, which retries it, before
   * `done` rejects with COMPLETION_FAILED. Default: 60,000.
   */
  readonly completionPatienceMs?: number;
  /** Sends the control calls. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

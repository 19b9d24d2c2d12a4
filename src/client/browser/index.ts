import type { AppRouter } from "../../doors/trpc/app-router.ts";
import type { AnyAppRouter } from "../../doors/trpc/router-contract.ts";
import { assembleClient } from "../assemble-client.ts";
import type { CommonClientOptions } from "../client-options.ts";
import { describeSource } from "../source.ts";
import { timerClock } from "../timer-clock.ts";
import type { TypedUploadClient } from "../typed.ts";
import { browserLocks } from "./browser-locks.ts";
import { browserNetwork } from "./browser-network.ts";
import { localStorageMemory } from "./local-storage-memory.ts";
import { workerDigests } from "./worker-digests.ts";
import { xhrTransport } from "./xhr-transport.ts";

/** What can be sent from a browser. Of a stream nothing is kept but one chunk: it survives cut lines, not a reload. */
export type UploadSource = Blob | ReadableStream<Uint8Array>;

export interface UploadClientOptions extends CommonClientOptions {
  /** Scheme, host and port of the server; left out: the page's own. */
  readonly url?: string;
  /** Sends the session's cookie to another origin too, which must know the page's (`CORS_ORIGINS`). */
  readonly withCredentials?: boolean;
}

export type UploadClient<Router extends AnyAppRouter = AppRouter> = TypedUploadClient<
  Router,
  UploadSource
>;

/**
 * The upload client for a browser. Touches no browser API before it is used: it may be made while a
 * page is rendered on the server.
 */
export function createUploadClient<Router extends AnyAppRouter = AppRouter>(
  options: UploadClientOptions = {},
): UploadClient<Router> {
  const { withCredentials = false } = options;
  const credentials = withCredentials ? "include" : "same-origin";
  const carrier: typeof fetch = (input, init) =>
    (options.fetch ?? globalThis.fetch)(input, { ...init, credentials });
  return assembleClient<Router, UploadSource>(
    { ...options, fetch: carrier },
    {
      clock: timerClock,
      network: browserNetwork,
      digests: workerDigests(),
      memory: localStorageMemory(),
      locks: browserLocks(),
      transport: (line) => xhrTransport({ ...line, withCredentials }),
      describe: describeSource,
      hasCookies: true,
    },
  );
}

export type { CompletedView, StoredView } from "../completed-view.ts";
export { type FailureCode, isRetryable, UploadFailure } from "../failure.ts";
export type { UploadHold, UploadPhase, UploadSetback, UploadSnapshot } from "../snapshot.ts";
export { canResume, isActive, isOver } from "../snapshot.ts";
export type { ContinueOptions, TypedUpload } from "../typed.ts";
export type { Upload } from "../upload.ts";
export type {
  QueueDoneListener,
  QueueEntry,
  QueueItem,
  QueueSnapshot,
  QueueTotals,
  UploadQueue,
} from "../upload-queue.ts";

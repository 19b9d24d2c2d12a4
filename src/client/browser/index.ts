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

/**
 * What can be sent from a browser. Only one chunk of a stream is buffered: it survives cut connections,
 * but not a reload.
 */
export type UploadSource = Blob | ReadableStream<Uint8Array>;

export interface UploadClientOptions extends CommonClientOptions {
  /** Scheme, host and port of the server. Default: those of the page. */
  readonly url?: string;
  /** Sends the session cookie to another origin too, which must allow the page's (`CORS_ORIGINS`). */
  readonly withCredentials?: boolean;
}

export type UploadClient<Router extends AnyAppRouter = AppRouter> = TypedUploadClient<
  Router,
  UploadSource
>;

/**
 * Creates the upload client for a browser. Uses no browser API before the first call, so that it can be
 * created while a server renders a page.
 */
export function createUploadClient<Router extends AnyAppRouter = AppRouter>(
  options: UploadClientOptions = {},
): UploadClient<Router> {
  const { withCredentials = false } = options;
  const credentials = withCredentials ? "include" : "same-origin";
  const fetchWithCredentials: typeof fetch = (input, init) =>
    (options.fetch ?? globalThis.fetch)(input, { ...init, credentials });
  return assembleClient<Router, UploadSource>(
    { ...options, fetch: fetchWithCredentials },
    {
      clock: timerClock,
      network: browserNetwork,
      digests: workerDigests(),
      memory: localStorageMemory(),
      locks: browserLocks(),
      transport: (options) => xhrTransport({ ...options, withCredentials }),
      describe: describeSource,
      hasCookies: true,
    },
  );
}

export * from "../common-exports.ts";

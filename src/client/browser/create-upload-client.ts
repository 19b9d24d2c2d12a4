import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "../../doors/trpc/app-router.ts";
import { createUploadClient as createEngine, type UploadClient } from "../upload-client.ts";
import { UploadQueue } from "../upload-queue.ts";
import { browserClock } from "./browser-clock.ts";
import { browserLocks } from "./browser-locks.ts";
import { browserNetwork } from "./browser-network.ts";
import { localStorageMemory } from "./local-storage-memory.ts";
import { workerDigests } from "./worker-digests.ts";
import { xhrTransport } from "./xhr-transport.ts";

export interface BrowserClientOptions {
  /** Scheme, host and port of the server; left out: the page's own. */
  readonly url?: string;
  /** An API token or a ticket, asked before every request; left out: the session's cookie. */
  readonly token?: () => Promise<string>;
  /** Keeps apart what several users of one browser have under way. */
  readonly account?: string;
}

export interface BrowserUploadClient extends UploadClient {
  /** All control calls, typed by the server's router. */
  readonly trpc: TRPCClient<AppRouter>;
  /** A new, empty queue over this client. */
  createQueue(): UploadQueue;
}

/** The upload client for a browser. Touches no browser API before it is used: it may be made while a page is rendered on the server. */
export function createUploadClient(options: BrowserClientOptions = {}): BrowserUploadClient {
  const origin = (options.url ?? "").replace(/\/+$/, "");
  const { token } = options;
  const authorization = async () => (token === undefined ? null : `Bearer ${await token()}`);
  const trpc = createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: `${origin}/api/trpc`,
        transformer: superjson,
        maxItems: 10,
        maxURLLength: 2083,
        headers: async () => {
          const value = await authorization();
          return value === null ? {} : { authorization: value };
        },
      }),
    ],
  });
  const engine = createEngine(
    trpc.uploads,
    {
      clock: browserClock,
      random: Math.random,
      network: browserNetwork,
      transport: xhrTransport({ authorization }),
      digests: workerDigests(),
      memory: localStorageMemory,
      locks: browserLocks(),
    },
    { origin, place: `${origin}#${options.account ?? ""}` },
  );
  return {
    ...engine,
    trpc,
    createQueue: () => new UploadQueue(engine, (ms, work) => void setTimeout(work, ms)),
  };
}

import type { AnyAppRouter } from "../doors/trpc/router-contract.ts";
import { defaultRetryPolicy } from "./backoff.ts";
import { Bearer } from "./bearer.ts";
import type { CommonClientOptions } from "./client-options.ts";
import type { UploadsApi } from "./control.ts";
import { createControlClient } from "./control-client.ts";
import { UploadFailure } from "./failure.ts";
import type { ChunkTransport, ClientRuntime } from "./runtime.ts";
import type { SourceFacts, UploadSource } from "./source.ts";
import type { TypedUploadClient } from "./typed.ts";
import { createUploadClient, type UploadOptions } from "./upload-client.ts";
import { UploadQueue } from "./upload-queue.ts";

const STALL_MS = 60_000;

/** What a runtime provides, and how it describes the sources that callers pass. */
export interface Platform<Source> extends Omit<ClientRuntime, "transport" | "random"> {
  readonly transport: (options: { bearer: Bearer; stallMs: number }) => ChunkTransport;
  readonly describe: (source: Source, facts?: SourceFacts) => UploadSource;
  /** Whether a session cookie may authenticate the user, so that waiting for a sign-in makes sense. */
  readonly hasCookies: boolean;
}

/** The typed client over a platform. */
export function assembleClient<Router extends AnyAppRouter, Source>(
  options: CommonClientOptions & { readonly url?: string },
  platform: Platform<Source>,
): TypedUploadClient<Router, Source> {
  const origin = (options.url ?? "").replace(/\/+$/, "");
  // A page may omit the URL of its own server. Checked at the first call: pages are also rendered on servers.
  const isAddress = platform.hasCookies ? /^(https?:|\/|$)/ : /^https?:/;
  const stallMs = options.stallMs ?? STALL_MS;
  const bearer = new Bearer(options.token ?? null);
  const policy = { ...defaultRetryPolicy, ...options.retry };
  const trpc = createControlClient<Router>({
    origin,
    bearer,
    stallMs,
    fetch: async (input, init) => {
      if (!isAddress.test(origin)) {
        const message = `"${origin}" is not the URL of a server: it must start with https:// or http://.`;
        throw new UploadFailure("INVALID_INPUT", { message });
      }
      return (options.fetch ?? globalThis.fetch)(input, init);
    },
    clock: platform.clock,
    network: platform.network,
    random: Math.random,
    policy,
  });
  const waitsForSignIn = platform.hasCookies && options.token === undefined;
  const engine = createUploadClient<Source>(
    (trpc as unknown as { uploads: UploadsApi }).uploads,
    { ...platform, random: Math.random, transport: platform.transport({ bearer, stallMs }) },
    {
      origin,
      scope: `${origin}#${options.account ?? ""}`,
      describe: platform.describe,
      onRefused: onRefused(bearer, waitsForSignIn),
      parallel: options.parallel,
      maxChunks: options.maxChunks,
      maxFiles: options.maxFiles,
      chunkDigest: options.chunkDigest,
      transfer: options.transfer,
      completionPatienceMs: options.completionPatienceMs,
      retry: policy,
    },
  );
  const later = (ms: number, work: () => void) => void setTimeout(work, ms);
  const client = {
    ...engine,
    upload: (source: Source, request?: UploadOptions) =>
      engine.upload(source, withoutUploadId(request)),
    continueUpload: engine.upload,
    trpc,
    createQueue: () => new UploadQueue(engine, later),
  };
  // At run time the engine knows only the names of profiles; `TypedUploadClient` adds their types.
  return client as unknown as TypedUploadClient<Router, Source>;
}

/** Checks the options of a new upload. Throws INVALID_INPUT when they contain an `uploadId`. */
function withoutUploadId(request: UploadOptions = {}): UploadOptions {
  if (request.uploadId === undefined) return request;
  throw new UploadFailure("INVALID_INPUT", {
    message: "upload() creates a new upload. Use continueUpload() for an existing one.",
  });
}

function onRefused(bearer: Bearer, waitsForSignIn: boolean): "wait" | "renew" | "fail" {
  if (waitsForSignIn) return "wait";
  return bearer.renews ? "renew" : "fail";
}

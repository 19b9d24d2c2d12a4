import { defaultRetryPolicy, type RetryPolicy } from "./backoff.ts";
import type { Transfer } from "./client-options.ts";
import type { CompletedView, StoredView } from "./completed-view.ts";
import type { ContentDigestAlgorithm } from "./content-digest.ts";
import { type BeginOptions, metadataText, profileOf, type UploadsApi } from "./control.ts";
import { ExistingUploads } from "./existing-uploads.ts";
import { Pace } from "./pace.ts";
import type { ClientRuntime } from "./runtime.ts";
import { SignInGate } from "./sign-in-gate.ts";
import { Slots } from "./slots.ts";
import { isOver, type UploadSnapshot } from "./snapshot.ts";
import {
  describeSource,
  fingerprintOf,
  type SourceFacts,
  sizeOf,
  type UploadSource,
} from "./source.ts";
import { StreamWindow } from "./stream-window.ts";
import { Unfinished } from "./unfinished.ts";
import { startUpload, type Upload, whenDone } from "./upload.ts";
import { UploadState } from "./upload-state.ts";
import type { Engine } from "./upload-task.ts";

const COMPLETION_PATIENCE_MS = 60_000;

export interface EngineOptions<Source> {
  /** Scheme, host and port of the server, without a slash at the end; "" for the page's own. */
  readonly origin: string;
  /** Separates the remembered uploads of several servers or users. */
  readonly scope: string;
  /** Describes a source. Default: sources that browsers have. */
  readonly describe?: (source: Source, facts?: SourceFacts) => UploadSource;
  /** What a 401 means: wait for a sign-in, get a new token, or fail. */
  readonly onRefused?: Engine["onRefused"];
  /** The largest number of parallel chunks of one file. Default: 3. */
  readonly parallel?: number | undefined;
  /** The largest number of parallel chunks of all files. Default: 4 (a browser has six connections to a host). */
  readonly maxChunks?: number | undefined;
  /** The largest number of files in progress. Default: 3, and 6 more of up to 1 MiB. */
  readonly maxFiles?: number | undefined;
  /** The digest sent with every chunk. Default: none. */
  readonly chunkDigest?: ContentDigestAlgorithm | undefined;
  /** Which way the bytes of new uploads go. Default: `server`. */
  readonly transfer?: Transfer | undefined;
  /** How long (ms) to wait for an `onComplete` that keeps failing. */
  readonly completionPatienceMs?: number | undefined;
  readonly retry?: RetryPolicy;
}

/** Options of one upload. Profile, metadata and preferences are sent to the server with `init`. */
export interface UploadOptions extends BeginOptions, SourceFacts {
  /** Sends into this upload instead of creating one. */
  readonly uploadId?: string | undefined;
  readonly onProgress?: ((snapshot: UploadSnapshot) => void) | undefined;
  readonly onDone?: ((view: CompletedView) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of `existing`. */
export interface ExistingOptions extends SourceFacts {
  /** Only uploads of this profile. Default: the default profile. */
  readonly profile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UploadClient<Source = Blob | ReadableStream<Uint8Array>> {
  /** Uploads `source`, or continues its unfinished upload, as soon as a slot is free. */
  upload(source: Source, options?: UploadOptions): Upload;
  /** The key under which an upload of `source` is remembered. */
  fingerprint(source: Source, options?: UploadOptions): string;
  /** The user's complete upload of the same file, verified by its checksum; null when there is none. */
  existing(source: Source, options?: ExistingOptions): Promise<StoredView | null>;
}

/** The engine over an injected runtime. The entry points for browsers and Node pass theirs. */
export function createUploadClient<Source = Blob | ReadableStream<Uint8Array>>(
  api: UploadsApi,
  runtime: ClientRuntime,
  options: EngineOptions<Source>,
): UploadClient<Source> {
  const files = new Slots(options.maxFiles ?? 3);
  const engine: Engine = {
    api,
    runtime,
    policy: options.retry ?? defaultRetryPolicy,
    files,
    // A small file spends most of its time waiting for responses.
    smallFiles: options.maxFiles === undefined ? new Slots(6) : files,
    chunks: new Slots(options.maxChunks ?? 4),
    parallel: options.parallel ?? 3,
    gate: new SignInGate(),
    unfinished: new Unfinished(api, runtime.clock),
    followers: new Set(),
    onRefused: options.onRefused ?? "wait",
    origin: options.origin,
    chunkDigest: options.chunkDigest ?? null,
    completionPatienceMs: options.completionPatienceMs ?? COMPLETION_PATIENCE_MS,
  };
  const describe = options.describe ?? (describeSource as NonNullable<typeof options.describe>);
  const keyOf = (source: UploadSource, request: UploadOptions) =>
    request.uploadId === undefined
      ? fingerprintOf(source, {
          server: options.scope,
          options: [profileOf(request), metadataText(request.metadata), request.checksumAlgorithm],
        })
      : `upload:${request.uploadId}`;
  const existing = new ExistingUploads(engine);
  return {
    fingerprint: (source, request = {}) => keyOf(describe(source, request), request),
    existing: (source, { profile, signal = new AbortController().signal, ...facts } = {}) =>
      existing.find(describe(source, facts), profile, signal),
    upload(given, request = {}) {
      const source = describe(given, request);
      const { filename, path, content } = source;
      const upload = startUpload({
        engine,
        source,
        begin: initOptionsOf({ transfer: options.transfer, ...request }),
        fingerprint: keyOf(source, request),
        uploadId: request.uploadId ?? null,
        state: new UploadState({ filename, path, size: sizeOf(source) }, runtime.clock),
        pace: new Pace(engine.parallel),
        stream:
          content.kind === "stream" ? new StreamWindow(content.pieces, runtime.digests) : null,
        digest: null,
        verifiedId: null,
        followedId: null,
      });
      connectCaller(upload, request);
      return upload;
    },
  };
}

function initOptionsOf(request: UploadOptions): BeginOptions {
  const { profile, metadata, chunkSize, checksumAlgorithm, transfer } = request;
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(checksumAlgorithm === undefined ? {} : { checksumAlgorithm }),
    ...(transfer === undefined ? {} : { transfer }),
  };
}

/** Connects the caller's listeners and signal to the upload. */
function connectCaller(upload: Upload, { signal, onProgress, onDone }: UploadOptions): void {
  if (onProgress !== undefined) upload.subscribe(() => onProgress(upload.snapshot()));
  if (onDone !== undefined) whenDone(upload, onDone);
  if (signal === undefined) return;
  const abort = () => void upload.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  // The signal may outlive the upload by far: it must not keep a listener of an ended upload.
  upload.subscribe(() => {
    if (isOver(upload.snapshot().phase)) signal.removeEventListener("abort", abort);
  });
}

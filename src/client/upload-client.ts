import { defaultRetryPolicy, type RetryPolicy } from "./backoff.ts";
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
  /** Tells the memories of several servers (or users) apart. */
  readonly place: string;
  /** How a source is read; as a browser does unless told. */
  readonly describe?: (source: Source, facts?: SourceFacts) => UploadSource;
  /** What a 401 means: somebody will sign in, another token may do, or the end. */
  readonly onRefused?: Engine["onRefused"];
  /** Chunks of one file on the way at once, at most, where it helps; 3 unless told. */
  readonly lanes?: number | undefined;
  /** Chunks of all files on the way at once; 4 unless told: a browser has six connections a host. */
  readonly maxChunks?: number | undefined;
  /** Files under way at once; unless told 3, and 6 of up to 1 MiB beside them. */
  readonly maxFiles?: number | undefined;
  /** Goes with every chunk; none unless told. */
  readonly chunkDigest?: ContentDigestAlgorithm | undefined;
  /** How long (ms) an `onComplete` may keep failing. */
  readonly completionPatienceMs?: number | undefined;
  readonly retry?: RetryPolicy;
}

/** What may be said of one upload. Profile, metadata and wishes go to the server with a new one. */
export interface UploadOptions extends BeginOptions, SourceFacts {
  /** Sends into this upload and begins none. */
  readonly uploadId?: string | undefined;
  readonly onProgress?: ((snapshot: UploadSnapshot) => void) | undefined;
  readonly onDone?: ((view: CompletedView) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What tells which complete upload is of the same file. */
export interface ExistingOptions extends SourceFacts {
  /** Only uploads of this profile count; the default one when left out. */
  readonly profile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface UploadClient<Source = Blob | ReadableStream<Uint8Array>> {
  /** Begins (or takes up again) the upload of `source`, as soon as a slot is free. */
  upload(source: Source, options?: UploadOptions): Upload;
  /** Under which name an upload of `source` would be remembered. */
  fingerprint(source: Source, options?: UploadOptions): string;
  /** The own complete upload of the same file, proven by its checksum; null when there is none. */
  existing(source: Source, options?: ExistingOptions): Promise<StoredView | null>;
}

/** The engine over an injected runtime; the entries for browser and Node bring theirs. */
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
    // Of a small file most of the time goes by with waiting for answers.
    smallFiles: options.maxFiles === undefined ? new Slots(6) : files,
    chunks: new Slots(options.maxChunks ?? 4),
    lanes: options.lanes ?? 3,
    gate: new SignInGate(),
    unfinished: new Unfinished(api, runtime.clock),
    followers: new Set(),
    onRefused: options.onRefused ?? "wait",
    origin: options.origin,
    chunkDigest: options.chunkDigest ?? null,
    completionPatienceMs: options.completionPatienceMs ?? COMPLETION_PATIENCE_MS,
  };
  const describe = options.describe ?? (describeSource as NonNullable<typeof options.describe>);
  const nameOf = (source: UploadSource, ask: UploadOptions) =>
    ask.uploadId === undefined
      ? fingerprintOf(source, {
          server: options.place,
          said: [profileOf(ask), metadataText(ask.metadata), ask.checksumAlgorithm],
        })
      : `upload:${ask.uploadId}`;
  const existing = new ExistingUploads(engine);
  return {
    fingerprint: (source, ask = {}) => nameOf(describe(source, ask), ask),
    existing: (source, { profile, signal = new AbortController().signal, ...facts } = {}) =>
      existing.find(describe(source, facts), profile, signal),
    upload(given, ask = {}) {
      const source = describe(given, ask);
      const { filename, path, content } = source;
      const upload = startUpload({
        engine,
        source,
        begin: beginOf(ask),
        fingerprint: nameOf(source, ask),
        uploadId: ask.uploadId ?? null,
        state: new UploadState({ filename, path, size: sizeOf(source) }, runtime.clock),
        pace: new Pace(engine.lanes),
        stream:
          content.kind === "stream" ? new StreamWindow(content.pieces, runtime.digests) : null,
        digest: null,
        proven: null,
        followed: null,
      });
      attend(upload, ask);
      return upload;
    },
  };
}

function beginOf(ask: UploadOptions): BeginOptions {
  const { profile, metadata, chunkSize, checksumAlgorithm } = ask;
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(checksumAlgorithm === undefined ? {} : { checksumAlgorithm }),
  };
}

/** Ties the caller's signal and listener to the upload. */
function attend(upload: Upload, { signal, onProgress, onDone }: UploadOptions): void {
  if (onProgress !== undefined) upload.subscribe(() => onProgress(upload.snapshot()));
  if (onDone !== undefined) whenDone(upload, onDone);
  if (signal === undefined) return;
  const abort = () => void upload.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  // A signal of the application's own lives long: nothing of an upload that is over should hang on it.
  upload.subscribe(() => {
    if (isOver(upload.snapshot().phase)) signal.removeEventListener("abort", abort);
  });
}

import { defaultRetryPolicy, type RetryPolicy } from "./backoff.ts";
import type { BeginOptions, UploadsApi } from "./control.ts";
import { Pace } from "./pace.ts";
import type { ClientRuntime } from "./runtime.ts";
import { SignInGate } from "./sign-in-gate.ts";
import { Slots } from "./slots.ts";
import { describeSource, fingerprintOf } from "./source.ts";
import { startUpload, type Upload } from "./upload.ts";
import { UploadState } from "./upload-state.ts";
import type { Engine } from "./upload-task.ts";

export interface UploadClientOptions {
  /** Scheme, host and port of the server, without a slash at the end; "" for the page's own. */
  readonly origin: string;
  /** Tells the memories of several servers (or users) apart. */
  readonly place: string;
  /** Chunks of one file on the way at once, at most, where it helps; 3 unless told. */
  readonly lanes?: number;
  /** Chunks of all files on the way at once; 4 unless told: a browser has six connections a host. */
  readonly maxChunks?: number;
  /** Files under way at once; 3 unless told. */
  readonly maxFiles?: number;
  readonly retry?: RetryPolicy;
}

/** What may be said of one upload. */
export interface UploadOptions {
  /** Profile, metadata, and whatever else `uploads.init` takes. */
  readonly begin?: BeginOptions;
  /** The file's name, when the file itself has none (a `Blob`) or another is wanted. */
  readonly filename?: string;
  /** Where the file lay in a chosen folder. */
  readonly path?: string;
  readonly signal?: AbortSignal;
}

export interface UploadClient {
  /** Begins (or takes up again) the upload of `file`, as soon as a slot is free. */
  upload(file: Blob, options?: UploadOptions): Upload;
  /** Under which name an upload of `file` would be remembered. */
  fingerprint(file: Blob, options?: UploadOptions): string;
}

/** The engine over an injected runtime; the entries for browser and Node bring theirs. */
export function createUploadClient(
  api: UploadsApi,
  runtime: ClientRuntime,
  options: UploadClientOptions,
): UploadClient {
  const engine: Engine = {
    api,
    runtime,
    policy: options.retry ?? defaultRetryPolicy,
    files: new Slots(options.maxFiles ?? 3),
    chunks: new Slots(options.maxChunks ?? 4),
    lanes: options.lanes ?? 3,
    gate: new SignInGate(),
    origin: options.origin,
  };
  const describe = (file: Blob, ask: UploadOptions) => {
    const source = describeSource(file, ask);
    const profile = ask.begin?.profile ?? "default";
    return { source, fingerprint: fingerprintOf(source, { profile, server: options.place }) };
  };
  return {
    fingerprint: (file, ask = {}) => describe(file, ask).fingerprint,
    upload(file, ask = {}) {
      const { source, fingerprint } = describe(file, ask);
      const { filename, path } = source;
      const state = new UploadState({ filename, path, size: file.size }, runtime.clock);
      const begin = ask.begin ?? {};
      const pace = new Pace(engine.lanes);
      const upload = startUpload({
        engine,
        source,
        begin,
        fingerprint,
        state,
        pace,
        digest: null,
        proven: null,
      });
      ask.signal?.addEventListener("abort", () => void upload.abort(), { once: true });
      return upload;
    },
  };
}

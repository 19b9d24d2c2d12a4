import type { Readable } from "node:stream";
import * as tus from "tus-js-client";

/** What the client sent, request by request. */
export interface SentRequest {
  readonly method: string;
  readonly offset: number | null;
  /** `partial`, `final` or null. */
  readonly concat: string | null;
}

export interface TusRun {
  readonly upload: tus.Upload;
  readonly sent: readonly SentRequest[];
  readonly answered: readonly { readonly method: string; readonly status: number }[];
  /** Resolves to the upload's URL, or rejects with what the client gave up for. */
  readonly done: Promise<string>;
}

/** Buffers and streams; the client's types know only the browser's. */
export type TusSource = Buffer | Readable;

export interface TusOptions extends tus.UploadOptions {
  /** How often `start()` is called again after the client gave up, as by a person's "Try again". */
  readonly again?: number;
}

/** tus-js-client in Node, not yet started; `done` is its outcome. */
export function prepareTus(source: TusSource, { again = 0, ...options }: TusOptions): TusRun {
  let left = again;
  const sent: SentRequest[] = [];
  const answered: { method: string; status: number }[] = [];
  let succeed: (url: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const done = new Promise<string>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  const upload: tus.Upload = new tus.Upload(source as Buffer, {
    retryDelays: null,
    ...options,
    onBeforeRequest(request) {
      const offset = request.getHeader("Upload-Offset");
      sent.push({
        method: request.getMethod(),
        offset: offset === undefined ? null : Number(offset),
        concat: /^\w+/.exec(request.getHeader("Upload-Concat") ?? "")?.[0] ?? null,
      });
      return options.onBeforeRequest?.(request);
    },
    onAfterResponse(request, response) {
      answered.push({ method: request.getMethod(), status: response.getStatus() });
      return options.onAfterResponse?.(request, response);
    },
    onSuccess(payload) {
      options.onSuccess?.(payload);
      succeed(upload.url ?? "");
    },
    onError(error) {
      options.onError?.(error);
      left -= 1;
      if (left >= 0) return upload.start();
      // Its own error holds sockets and all: a report that nobody can read.
      fail(new Error(error.message));
    },
  });
  return { upload, sent, answered, done };
}

/** Uploads `source` to its end. */
export async function runTus(
  source: TusSource,
  options: tus.UploadOptions,
): Promise<TusRun & { readonly url: string }> {
  const run = prepareTus(source, options);
  run.upload.start();
  return { ...run, url: await run.done };
}

/** Starts, and aborts once `bytes` were accepted, as an application does that is closed. */
export async function abortAfter(
  bytes: number,
  source: TusSource,
  options: tus.UploadOptions,
): Promise<TusRun> {
  let accepted = 0;
  let enough: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const run = prepareTus(source, {
    ...options,
    onChunkComplete(chunk) {
      accepted += chunk;
      if (accepted >= bytes) enough();
    },
  });
  run.upload.start();
  await Promise.race([reached, run.done]);
  await run.upload.abort();
  return run;
}

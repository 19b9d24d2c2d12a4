import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRetryable, readFailure } from "../../client/failure.ts";
import type { Upload } from "../../client/upload.ts";
import type { UploadView } from "../../wire/schemas.ts";
import type { Client } from "./connect.ts";
import { describeError, type Endpoint } from "./error-messages.ts";
import type { FoundFile } from "./find-files.ts";
import type { FileReport, PausedUpload, Totals, UploadReport } from "./report.ts";
import { MAX_ATTEMPTS, waitBeforeRetry } from "./retry-delay.ts";
import type { UploadJournal } from "./upload-journal.ts";

/** Number of files that are sent in parallel. */
export const FILES_AT_ONCE = 2;

/** Timeout in ms of the status request after a pause. */
const STATUS_TIMEOUT_MS = 3_000;

/** Time in ms for the server to notice the closed connection and commit the received bytes. */
const COMMIT_DELAY_MS = 300;

/** The options of each upload. */
export interface UploadSettings {
  readonly profile?: string;
  readonly metadata?: { readonly [key: string]: unknown };
  readonly chunkSize?: number;
  readonly checksumAlgorithm?: string;
  readonly filename?: string;
}

/** The dependencies and settings of `uploadFiles`. */
export interface Work {
  readonly client: Client;
  readonly endpoint: Endpoint;
  readonly settings: UploadSettings;
  readonly report: UploadReport;
  /** Starts new uploads instead of resuming. */
  readonly restart: boolean;
  readonly journal: UploadJournal;
  /** Pauses all uploads when aborted. */
  readonly signal: AbortSignal;
}

type Outcome = "done" | "failed" | "paused";
type Counts = Omit<Totals, "resume" | "seconds">;

/** Sends `files` in parallel until all are done, failed or paused. Errors of files are reported, not thrown. */
export async function uploadFiles(files: readonly FoundFile[], work: Work): Promise<Counts> {
  const outcomes = { done: 0, failed: 0, paused: 0 };
  let bytes = 0;
  let next = 0;
  const worker = async () => {
    for (let file = files[next]; file !== undefined; file = files[next]) {
      if (work.signal.aborted) return;
      next += 1;
      const { outcome, size } = await uploadFile(file, work);
      outcomes[outcome] += 1;
      bytes += size;
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
  return { ...outcomes, untouched: files.length - next, bytes };
}

interface Ended {
  readonly outcome: Outcome;
  /** Size in bytes of a file that this run finished, otherwise 0. */
  readonly size: number;
}

async function uploadFile(file: FoundFile, work: Work): Promise<Ended> {
  const report = work.report.file(file.shown, file.kind === "file" ? file.size : null);
  if (file.kind === "problem") {
    report.failed({ code: "FILE_UNREADABLE", message: file.problem }, null);
    return { outcome: "failed", size: 0 };
  }
  const began = performance.now();
  let upload: AnyUpload | null = null;
  try {
    const finished = file.kind === "file" ? await finishedBefore(file, work) : null;
    if (finished !== null) {
      report.done(finished, "before");
      return { outcome: "done", size: 0 };
    }
    upload = await start(file, work);
    const view = await follow(upload, report, work.signal);
    if (view === null) return await reportPaused({ file, upload, report, work });
    if (file.kind === "file") await work.journal.add(file, view.id);
    report.done(view, { seconds: (performance.now() - began) / 1_000 });
    return { outcome: "done", size: view.size ?? 0 };
  } catch (thrown) {
    report.failed(describeError(thrown, work.endpoint), upload?.snapshot().view?.id ?? null);
    return { outcome: "failed", size: 0 };
  }
}

/** Reports progress until the upload is finished and returns it; null if it is paused. */
async function follow(
  upload: AnyUpload,
  report: FileReport,
  signal: AbortSignal,
): Promise<UploadView | null> {
  const leave = upload.subscribe(() => report.moved(upload.snapshot()));
  const pause = () => upload.pause();
  signal.addEventListener("abort", pause, { once: true });
  if (signal.aborted) pause();
  try {
    return await doneOrPaused(upload);
  } finally {
    leave();
    signal.removeEventListener("abort", pause);
  }
}

/**
 * The upload of a file that an earlier run of the command finished; null if the file must be sent.
 * Throws UploadFailure if the server does not respond: sending the file could create a duplicate.
 */
async function finishedBefore(
  file: Extract<FoundFile, { kind: "file" }>,
  { journal, client, signal }: Work,
): Promise<UploadView | null> {
  const id = journal.idOf(file);
  if (id === null) return null;
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      const view = await client.trpc.uploads.status.query({ id }, { signal });
      return view.status === "complete" ? view : null;
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (failure.code === "NOT_FOUND" || signal.aborted) return null;
      if (!isRetryable(failure.code) || tries >= MAX_ATTEMPTS) throw failure;
      await waitBeforeRetry(tries, failure, signal);
    }
  }
  return null;
}

type AnyUpload = Omit<Upload, "done"> & { readonly done: Promise<UploadView> };

type Sendable = Exclude<FoundFile, { kind: "problem" }>;

async function start(file: Sendable, { client, settings, restart }: Work): Promise<AnyUpload> {
  if (file.kind === "stdin") return client.upload(process.stdin, settings);
  const inFolder = file.inFolder === null ? {} : { path: file.inFolder };
  if (!restart) return client.upload(file.path, { ...settings, ...inFolder });
  const { filename = path.basename(file.path), ...begin } = settings;
  const { id } = await client.trpc.uploads.init.mutate({
    ...begin,
    ...inFolder,
    filename,
    size: file.size,
  });
  return client.continueUpload(file.path, { uploadId: id, filename });
}

/** Waits for the end of the upload; null when it is paused. Rejects when it fails. */
function doneOrPaused(upload: AnyUpload): Promise<UploadView | null> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (upload.snapshot().phase !== "paused") return;
      leave();
      resolve(null);
    };
    const leave = upload.subscribe(look);
    upload.done.then(resolve, reject).finally(leave);
    look();
  });
}

async function reportPaused(paused: {
  file: FoundFile;
  upload: AnyUpload;
  report: FileReport;
  work: Work;
}): Promise<Ended> {
  const { file, upload, report, work } = paused;
  const state = await pausedUploadOf(upload, file, work);
  if (!state.resumable) await upload.abort();
  report.paused(state);
  return { outcome: "paused", size: 0 };
}

/** Requests the number of received bytes, since bytes sent before the pause may arrive after it. */
async function pausedUploadOf(
  upload: AnyUpload,
  file: FoundFile,
  { client }: Work,
): Promise<PausedUpload> {
  const { view, acknowledged, size } = upload.snapshot();
  const id = view?.id ?? null;
  const resumable = file.kind === "file";
  if (id === null || !resumable) return { id, kept: acknowledged, size, resumable };
  await sleep(COMMIT_DELAY_MS);
  const now = await client.trpc.uploads.status
    .query({ id }, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) })
    .catch(() => null);
  const kept = now?.received.reduce((sum, [from, to]) => sum + (to - from), 0);
  return { id, kept: kept ?? acknowledged, size, resumable };
}

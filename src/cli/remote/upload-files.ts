import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRetryable, readFailure } from "../../client/failure.ts";
import type { Upload } from "../../client/upload.ts";
import type { UploadView } from "../../wire/schemas.ts";
import type { Client } from "./connect.ts";
import { type Asked, explain } from "./explain.ts";
import type { FoundFile } from "./find-files.ts";
import { ATTEMPTS, pause } from "./patience.ts";
import type { FileReport, Stand, Totals, UploadReport } from "./report.ts";
import type { SentBefore } from "./sent-before.ts";

/** Files under way at once. */
export const FILES_AT_ONCE = 2;

/** How long (ms) a paused upload is asked for what the server kept. */
const LOOK_MS = 3_000;

/** How long (ms) the server has to notice the end, and to keep what had arrived. */
const ARRIVE_MS = 300;

/** What is wished of each upload. */
export interface Wishes {
  readonly profile?: string;
  readonly metadata?: { readonly [key: string]: unknown };
  readonly chunkSize?: number;
  readonly checksumAlgorithm?: string;
  readonly filename?: string;
}

/** All that uploading takes. */
export interface Work {
  readonly client: Client;
  readonly asked: Asked;
  readonly wishes: Wishes;
  readonly report: UploadReport;
  /** Begins new uploads, whatever was begun before. */
  readonly anew: boolean;
  readonly before: SentBefore;
  /** Aborts when everything is to be paused. */
  readonly signal: AbortSignal;
}

type Outcome = "done" | "failed" | "paused";
type Counts = Omit<Totals, "resume" | "seconds">;

/** Sends `files`, some at once, until all are done, failed or paused. Never throws for a file's sake. */
export async function uploadFiles(files: readonly FoundFile[], work: Work): Promise<Counts> {
  const outcomes = { done: 0, failed: 0, paused: 0 };
  let bytes = 0;
  let next = 0;
  const lane = async () => {
    for (let file = files[next]; file !== undefined; file = files[next]) {
      if (work.signal.aborted) return;
      next += 1;
      const { outcome, size } = await uploadFile(file, work);
      outcomes[outcome] += 1;
      bytes += size;
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, lane));
  return { ...outcomes, untouched: files.length - next, bytes };
}

interface Ended {
  readonly outcome: Outcome;
  /** Bytes of a file that is done and was sent now, else 0. */
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
    if (view === null) return await tellPaused({ file, upload, report, work });
    if (file.kind === "file") await work.before.add(file, view.id);
    report.done(view, { seconds: (performance.now() - began) / 1_000 });
    return { outcome: "done", size: view.size ?? 0 };
  } catch (thrown) {
    report.failed(explain(thrown, work.asked), upload?.snapshot().view?.id ?? null);
    return { outcome: "failed", size: 0 };
  }
}

/** Reports until the upload is finished, and answers it; null when it was paused. */
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
 * The finished upload of a file that the same command sent before; null when it is to be sent.
 * Throws UploadFailure where nobody says which: sent on suspicion, it would be there twice.
 */
async function finishedBefore(
  file: Extract<FoundFile, { kind: "file" }>,
  { before, client, signal }: Work,
): Promise<UploadView | null> {
  const id = before.idOf(file);
  if (id === null) return null;
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      const view = await client.trpc.uploads.status.query({ id }, { signal });
      return view.status === "complete" ? view : null;
    } catch (thrown) {
      const failure = readFailure(thrown);
      if (failure.code === "NOT_FOUND" || signal.aborted) return null;
      if (!isRetryable(failure.code) || tries >= ATTEMPTS) throw failure;
      await pause(tries, failure, signal);
    }
  }
  return null;
}

type AnyUpload = Omit<Upload, "done"> & { readonly done: Promise<UploadView> };

type Sendable = Exclude<FoundFile, { kind: "problem" }>;

async function start(file: Sendable, { client, wishes, anew }: Work): Promise<AnyUpload> {
  if (file.kind === "stdin") return client.upload(process.stdin, wishes);
  const inFolder = file.inFolder === null ? {} : { path: file.inFolder };
  if (!anew) return client.upload(file.path, { ...wishes, ...inFolder });
  const { filename = path.basename(file.path), ...begin } = wishes;
  const { id } = await client.trpc.uploads.init.mutate({
    ...begin,
    ...inFolder,
    filename,
    size: file.size,
  });
  return client.continueUpload(file.path, { uploadId: id, filename });
}

/** The finished upload; null once it is paused. Rejects when it fails. */
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

async function tellPaused(paused: {
  file: FoundFile;
  upload: AnyUpload;
  report: FileReport;
  work: Work;
}): Promise<Ended> {
  const { file, upload, report, work } = paused;
  const stand = await standOf(upload, file, work);
  if (!stand.resumable) await upload.abort();
  report.paused(stand);
  return { outcome: "paused", size: 0 };
}

/** What is on the way when an upload is paused may still arrive: the server knows. */
async function standOf(upload: AnyUpload, file: FoundFile, { client }: Work): Promise<Stand> {
  const { view, acknowledged, size } = upload.snapshot();
  const id = view?.id ?? null;
  const resumable = file.kind === "file";
  if (id === null || !resumable) return { id, kept: acknowledged, size, resumable };
  await sleep(ARRIVE_MS);
  const now = await client.trpc.uploads.status
    .query({ id }, { signal: AbortSignal.timeout(LOOK_MS) })
    .catch(() => null);
  const kept = now?.received.reduce((sum, [from, to]) => sum + (to - from), 0);
  return { id, kept: kept ?? acknowledged, size, resumable };
}

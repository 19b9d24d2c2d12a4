import type { RetryPolicy } from "./backoff.ts";
import type { Bytes } from "./bytes.ts";
import type { ContentDigestAlgorithm } from "./content-digest.ts";
import type { BeginOptions, UploadsApi } from "./control.ts";
import { UploadFailure } from "./failure.ts";
import type { Pace } from "./pace.ts";
import { retry } from "./retry.ts";
import type { ClientRuntime, DigestSession } from "./runtime.ts";
import type { SignInGate } from "./sign-in-gate.ts";
import type { Slots } from "./slots.ts";
import type { UploadSnapshot } from "./snapshot.ts";
import type { UploadSource } from "./source.ts";
import type { StreamWindow } from "./stream-window.ts";
import type { Unfinished } from "./unfinished.ts";
import type { UploadState } from "./upload-state.ts";

/** What all uploads of one client share. */
export interface Engine {
  readonly api: UploadsApi;
  readonly runtime: ClientRuntime;
  readonly policy: RetryPolicy;
  /** The number of files sent at the same time. */
  readonly files: Slots;
  /** The number of additional small files; the same slots when the caller set `maxFiles`. */
  readonly smallFiles: Slots;
  /** The number of chunks of all files sent at the same time. */
  readonly chunks: Slots;
  /** The largest number of chunks of one file sent at the same time. */
  readonly parallel: number;
  readonly gate: SignInGate;
  readonly unfinished: Unfinished;
  /** Tasks that wait for another task or tab that uploads the same file. */
  readonly followers: Set<UploadTask>;
  /** What a 401 means: wait for a sign-in, get a new token, or fail. */
  readonly onRefused: "wait" | "renew" | "fail";
  /** Scheme, host and port of the server; "" for those of the page. */
  readonly origin: string;
  /** Sent with every chunk; null for none. */
  readonly chunkDigest: ContentDigestAlgorithm | null;
  /** How long (ms) an `onComplete` may keep failing before the upload counts as failed. */
  readonly completionPatienceMs: number;
}

/** One file being uploaded: the state that survives a pause. */
export interface UploadTask {
  readonly engine: Engine;
  readonly source: UploadSource;
  readonly begin: BeginOptions;
  readonly fingerprint: string;
  /** The id of an upload that was created elsewhere, to be continued; null: find or create one. */
  readonly uploadId: string | null;
  readonly state: UploadState;
  /** The buffered part of a source that can be read only once; null for all others. */
  readonly stream: StreamWindow | null;
  /** The digest of the file; opened when the server has named the algorithm. */
  digest: { readonly algorithm: string; readonly session: DigestSession } | null;
  /** How many parallel chunks are useful on this connection. */
  readonly pace: Pace;
  /** The id of the upload that belongs to this file: created by this task, or verified by the digest of its prefix. */
  verifiedId: string | null;
  /** The id of the upload that another task or tab worked on while this one waited for the file. */
  followedId: string | null;
}

/** Sets the phase. Throws ABORTED after a stop, which has already set its own phase. */
export function enterPhase(
  { state }: UploadTask,
  phase: UploadSnapshot["phase"],
  signal: AbortSignal,
): void {
  if (signal.aborted) throw new UploadFailure("ABORTED");
  state.set({ phase });
}

/** The task's file. Throws FILE_UNREADABLE when it could not be opened, UNEXPECTED for a stream. */
export function fileOf({ source }: UploadTask): Bytes {
  if (source.content.kind === "bytes") return source.content.bytes;
  throw source.content.kind === "unreadable"
    ? source.content.failure
    : new UploadFailure("UNEXPECTED", { message: "A stream cannot be read like a file." });
}

/** The digest of the first `length` bytes of the task's file. */
export function digestUpTo(
  task: UploadTask,
  range: { length: number; algorithm: string; signal: AbortSignal },
): Promise<string> {
  const { state, stream, engine } = task;
  if (stream !== null) return stream.digestUpTo(range.length, range);
  if (task.digest?.algorithm !== range.algorithm) {
    task.digest?.session.close();
    const session = engine.runtime.digests.open(fileOf(task), range.algorithm);
    task.digest = { algorithm: range.algorithm, session };
  }
  const onRead = (bytes: number) => state.digested(bytes);
  const { session } = task.digest;
  const { length, signal } = range;
  return retry(task, signal, () => session.upTo(length, { onRead, signal }));
}

/** Releases the resources of the task's source. */
export function closeSource(task: UploadTask): void {
  task.digest?.session.close();
  task.digest = null;
  task.stream?.close();
}

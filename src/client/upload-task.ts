import type { RetryPolicy } from "./backoff.ts";
import type { Bytes } from "./bytes.ts";
import type { ContentDigestAlgorithm } from "./content-digest.ts";
import type { BeginOptions, UploadsApi } from "./control.ts";
import { UploadFailure } from "./failure.ts";
import type { Pace } from "./pace.ts";
import { persist } from "./persist.ts";
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
  /** How many files are under way at once. */
  readonly files: Slots;
  /** How many small ones are, beside those; the same slots where the caller named a number. */
  readonly smallFiles: Slots;
  /** How many chunks are on the way at once, of all files. */
  readonly chunks: Slots;
  /** How many chunks of one file are on the way at once, at most. */
  readonly lanes: number;
  readonly gate: SignInGate;
  readonly unfinished: Unfinished;
  /** Those that wait for another upload of their file. */
  readonly followers: Set<UploadTask>;
  /** What a 401 means: somebody will sign in (`wait`), another token may do (`renew`), or the end. */
  readonly onRefused: "wait" | "renew" | "fail";
  /** Scheme, host and port of the server; "" for the page's own. */
  readonly origin: string;
  /** Goes with every chunk; null for none. */
  readonly chunkDigest: ContentDigestAlgorithm | null;
  /** How long (ms) an `onComplete` may keep failing before the upload counts as failed. */
  readonly completionPatienceMs: number;
}

/** One file on its way: what survives a pause. */
export interface UploadTask {
  readonly engine: Engine;
  readonly source: UploadSource;
  readonly begin: BeginOptions;
  readonly fingerprint: string;
  /** The upload that somebody else began and that this file belongs into; null: find or begin one. */
  readonly uploadId: string | null;
  readonly state: UploadState;
  /** What is held of a source that can be read once only; null for all others. */
  readonly stream: StreamWindow | null;
  /** The reading of the file; opened when the server has said which digest it wants. */
  digest: { readonly algorithm: string; readonly session: DigestSession } | null;
  /** How many chunks at once have turned out to be useful. */
  readonly pace: Pace;
  /** The upload that is certainly of this file: begun here, or proven by its prefix. */
  proven: string | null;
  /** The upload that another task, or another tab, was at while this one waited for the file. */
  followed: string | null;
}

/** Shows where the run is. Throws ABORTED once it is to stop: whoever stopped it has the last word. */
export function enterPhase(
  { state }: UploadTask,
  phase: UploadSnapshot["phase"],
  signal: AbortSignal,
): void {
  if (signal.aborted) throw new UploadFailure("ABORTED");
  state.set({ phase });
}

/** The task's file. Throws FILE_UNREADABLE when it never could be read, UNEXPECTED for a stream. */
export function fileOf({ source }: UploadTask): Bytes {
  if (source.content.kind === "bytes") return source.content.bytes;
  throw source.content.kind === "unreadable"
    ? source.content.failure
    : new UploadFailure("UNEXPECTED", { message: "A stream cannot be read like a file." });
}

/** The digest of the first `length` bytes of the task's file. */
export function digestUpTo(
  task: UploadTask,
  ask: { length: number; algorithm: string; signal: AbortSignal },
): Promise<string> {
  const { state, stream, engine } = task;
  if (stream !== null) return stream.digestUpTo(ask.length, ask);
  if (task.digest?.algorithm !== ask.algorithm) {
    task.digest?.session.close();
    const session = engine.runtime.digests.open(fileOf(task), ask.algorithm);
    task.digest = { algorithm: ask.algorithm, session };
  }
  const onRead = (bytes: number) => state.digested(bytes);
  const { session } = task.digest;
  const { length, signal } = ask;
  return persist(task, signal, () => session.upTo(length, { onRead, signal }));
}

/** Frees what the reading of the task's source holds. */
export function closeSource(task: UploadTask): void {
  task.digest?.session.close();
  task.digest = null;
  task.stream?.close();
}

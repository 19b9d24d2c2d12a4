import type { RetryPolicy } from "./backoff.ts";
import type { BeginOptions, UploadsApi } from "./control.ts";
import type { Pace } from "./pace.ts";
import type { ClientRuntime, DigestSession } from "./runtime.ts";
import type { SignInGate } from "./sign-in-gate.ts";
import type { Slots } from "./slots.ts";
import type { UploadSource } from "./source.ts";
import type { UploadState } from "./upload-state.ts";

/** What all uploads of one client share. */
export interface Engine {
  readonly api: UploadsApi;
  readonly runtime: ClientRuntime;
  readonly policy: RetryPolicy;
  /** How many files are under way at once. */
  readonly files: Slots;
  /** How many chunks are on the way at once, of all files. */
  readonly chunks: Slots;
  /** How many chunks of one file are on the way at once, at most. */
  readonly lanes: number;
  readonly gate: SignInGate;
  /** Scheme, host and port of the server; "" for the page's own. */
  readonly origin: string;
}

/** One file on its way: what survives a pause. */
export interface UploadTask {
  readonly engine: Engine;
  readonly source: UploadSource;
  readonly begin: BeginOptions;
  readonly fingerprint: string;
  readonly state: UploadState;
  /** The reading of the file; opened when the server has said which digest it wants. */
  digest: { readonly algorithm: string; readonly session: DigestSession } | null;
  /** How many chunks at once have turned out to be useful. */
  readonly pace: Pace;
  /** The upload that is certainly of this file: begun here, or proven by its prefix. */
  proven: string | null;
}

/** The digest of the first `length` bytes of the task's file. */
export function digestUpTo(
  task: UploadTask,
  ask: { length: number; algorithm: string; signal: AbortSignal },
): Promise<string> {
  const { state, source, engine } = task;
  if (task.digest?.algorithm !== ask.algorithm) {
    task.digest?.session.close();
    const session = engine.runtime.digests.open(source.file, ask.algorithm);
    task.digest = { algorithm: ask.algorithm, session };
  }
  const onRead = (bytes: number) => state.digested(bytes);
  return task.digest.session.upTo(ask.length, { onRead, signal: ask.signal });
}

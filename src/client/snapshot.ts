import type { UploadView } from "../wire/schemas.ts";
import type { UploadFailure } from "./failure.ts";
import type { UploadSetback } from "./transfer-progress.ts";

export type { UploadSetback } from "./transfer-progress.ts";

/**
 * The phase of an upload in this client. `paused` and `failed` keep what the server has acknowledged:
 * `resume` continues from there.
 */
export type UploadPhase =
  | "waiting"
  | "verifying"
  | "uploading"
  | "completing"
  | "done"
  | "paused"
  | "failed"
  | "cancelled";

/**
 * Why an active upload makes no progress. `stalled`: nothing was sent or acknowledged for five seconds;
 * `retrying`: the connection failed and the client waits before it retries. `signed-out` ends
 * with `resume` after a new sign-in; the others end by themselves.
 */
export type UploadHold = "offline" | "retrying" | "stalled" | "other-tab" | "signed-out";

/** The state of an upload at one moment. Sizes are bytes. */
export interface UploadSnapshot {
  readonly phase: UploadPhase;
  readonly hold: UploadHold | null;
  readonly filename: string;
  /** The file's relative path in the selected folder; its name for a single file. */
  readonly path: string;
  /** null until the end of a stream is reached. */
  readonly size: number | null;
  /** Bytes acknowledged, or sent and not yet acknowledged. */
  readonly sent: number;
  /** Bytes that the server has acknowledged and keeps. */
  readonly acknowledged: number;
  /** Why `sent` is lower than it was before; null when it is not. */
  readonly setback: UploadSetback | null;
  /** How much of the file has been digested. */
  readonly digested: number;
  /** Bytes that the server already held when this upload was resumed; 0 for a new one. */
  readonly resumedFrom: number;
  /** Bytes per second, averaged over about five seconds; null while unknown or without progress. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
  readonly failure: UploadFailure | null;
  /** The upload as last returned by the server; null before `init`. */
  readonly view: UploadView | null;
}

const activePhases: readonly UploadPhase[] = ["verifying", "uploading", "completing"];

/** Whether the upload is in progress: neither waiting for its turn nor ended. */
export function isActive(phase: UploadPhase): boolean {
  return activePhases.includes(phase);
}

/** Whether the upload has ended for good. */
export function isOver(phase: UploadPhase): boolean {
  return phase === "done" || phase === "cancelled";
}

/** Whether `resume` has an effect. */
export function canResume({ phase, hold }: Pick<UploadSnapshot, "phase" | "hold">): boolean {
  return phase === "paused" || phase === "failed" || hold === "signed-out";
}

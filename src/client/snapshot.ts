import type { UploadView } from "../wire/schemas.ts";
import type { UploadFailure } from "./failure.ts";
import type { UploadSetback } from "./transfer-progress.ts";

export type { UploadSetback } from "./transfer-progress.ts";

/**
 * Where an upload stands on this side. `paused` and `failed` keep everything that was gained:
 * `resume` goes on from there.
 */
export type UploadPhase =
  | "waiting"
  | "proving"
  | "uploading"
  | "completing"
  | "done"
  | "paused"
  | "failed"
  | "cancelled";

/**
 * Why an active upload does not move. `stalled`: nothing was sent or acknowledged for five seconds;
 * `retrying`: the connection failed and the client waits before it tries again. `signed-out` ends
 * with `resume` after a new sign-in; the others end without help.
 */
export type UploadHold = "offline" | "retrying" | "stalled" | "other-tab" | "signed-out";

/** What a caller may know of an upload at one moment. Sizes are bytes. */
export interface UploadSnapshot {
  readonly phase: UploadPhase;
  readonly hold: UploadHold | null;
  readonly filename: string;
  /** Where the file lay in what was chosen; its name when it stood alone. */
  readonly path: string;
  /** null until the end of a stream is reached. */
  readonly size: number | null;
  /** Acknowledged, or sent and not acknowledged yet. */
  readonly sent: number;
  /** What the server has acknowledged, and keeps. */
  readonly acknowledged: number;
  /** Why `sent` is lower than it was before; null when it is not. */
  readonly setback: UploadSetback | null;
  /** How much of the file has been digested. */
  readonly digested: number;
  /** Bytes that the server held already when this upload was taken up again; 0 for a new one. */
  readonly resumedFrom: number;
  /** Bytes a second, averaged over about five seconds; null while it is unknown or nothing moves. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
  readonly failure: UploadFailure | null;
  /** The upload as the server told it last; null before it has begun. */
  readonly view: UploadView | null;
}

const moving: readonly UploadPhase[] = ["proving", "uploading", "completing"];

/** Whether the upload is under way (and not waiting for its turn, or ended). */
export function isActive(phase: UploadPhase): boolean {
  return moving.includes(phase);
}

/** Whether nothing will happen any more. */
export function isOver(phase: UploadPhase): boolean {
  return phase === "done" || phase === "cancelled";
}

/** Whether `resume` would do something. */
export function canResume({ phase, hold }: Pick<UploadSnapshot, "phase" | "hold">): boolean {
  return phase === "paused" || phase === "failed" || hold === "signed-out";
}

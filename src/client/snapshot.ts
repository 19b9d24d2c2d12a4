import type { UploadView } from "../wire/schemas.ts";
import type { UploadFailure } from "./failure.ts";

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
 * Why an upload that is under way does not move at the moment. `signed-out` ends with `resume`
 * after somebody has signed in again; the others end by themselves.
 */
export type UploadHold = "offline" | "retrying" | "other-tab" | "signed-out";

/** What a caller may know of an upload at one moment. Sizes are bytes. */
export interface UploadSnapshot {
  readonly phase: UploadPhase;
  readonly hold: UploadHold | null;
  readonly filename: string;
  /** Where the file lay in what was chosen; its name when it stood alone. */
  readonly path: string;
  /** null until the end of a stream is reached. */
  readonly size: number | null;
  /** Acknowledged, and on the way beyond that. */
  readonly sent: number;
  /** What the server has promised to keep. */
  readonly acknowledged: number;
  /** How much of the file has been digested. */
  readonly digested: number;
  /** Bytes that the server held already when this upload was taken up again; 0 for a new one. */
  readonly resumedFrom: number;
  /** Bytes a second, averaged over some five seconds. */
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

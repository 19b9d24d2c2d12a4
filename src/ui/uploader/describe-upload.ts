import type { UploadSnapshot } from "../../client/snapshot.ts";
import type { UploadView } from "../../wire/schemas.ts";
import { type Formats, formatTimeLeft, percentOf } from "../format.ts";
import type { BadgeTone } from "../kit/badge.tsx";
import type { ProgressTone } from "../kit/progress.tsx";
import { failureMessage } from "../messages/failures.ts";
import { uploaderMessages } from "../messages/uploader.ts";

type Unfinished = Pick<UploadView, "offset">;

/** The texts and tones of an upload's row. */
export interface UploadDescription {
  readonly state: string;
  readonly tone: BadgeTone;
  readonly bar: ProgressTone;
  /** 0 to 100. */
  readonly percent: number;
  /** The texts below the progress bar, in order. */
  readonly facts: readonly string[];
  /** Why no bytes are sent; null while they are. */
  readonly reason: string | null;
}

/**
 * Describes the state of an upload. `unfinished`: the unfinished upload on the server that a waiting
 * file will resume.
 */
export function describeUpload(
  given: UploadSnapshot,
  formats: Formats,
  unfinished: Unfinished | null = null,
): UploadDescription {
  const waits = given.phase === "waiting" && unfinished !== null;
  const snapshot = waits ? { ...given, sent: unfinished.offset } : given;
  const { phase, failure } = snapshot;
  return {
    state: stateOf(snapshot),
    tone: toneOf(snapshot),
    bar: barOf(snapshot),
    percent: percentShown(snapshot),
    facts: phase === "done" ? [formats.bytes(sizeOf(snapshot))] : factsOf(snapshot, formats),
    reason: failure === null ? reasonOf(snapshot) : failureMessage(failure),
  };
}

function stateOf({ phase, hold }: UploadSnapshot): string {
  if (hold === "stalled") return uploaderMessages.stalledState;
  const { phases } = uploaderMessages;
  return hold === null || hold === "other-tab" ? phases[phase] : phases.waiting;
}

function reasonOf({ hold }: UploadSnapshot): string | null {
  return hold === null ? null : uploaderMessages.holds[hold];
}

/** When all bytes are sent, the bar shows the progress of the checksum. */
function percentShown(snapshot: UploadSnapshot): number {
  const { phase, sent, digested } = snapshot;
  const size = sizeOf(snapshot);
  if (phase === "done") return 100;
  if (phase === "completing" && digested < size) return percentOf(digested, size);
  if (phase === "completing") return 100;
  // 100 only when the upload is complete; 0 for an empty file.
  return size === 0 ? 0 : Math.min(99.9, percentOf(sent, size));
}

function factsOf(snapshot: UploadSnapshot, formats: Formats): string[] {
  const { phase, hold, sent, speed, secondsLeft, resumedFrom, digested, setback } = snapshot;
  const size = sizeOf(snapshot);
  const [part, whole] = [formats.bytes(sent), formats.bytes(size)];
  if (phase === "waiting" && sent > 0) return [uploaderMessages.waitsToContinue(part, whole)];
  const facts = [uploaderMessages.of(part, whole)];
  if (phase === "verifying" && digested > 0) facts.push(uploaderMessages.comparing);
  if (phase === "completing" && digested < size) facts.push(uploaderMessages.hashing);
  if (phase !== "uploading") return facts;
  if (setback !== null) {
    facts.push(uploaderMessages.setbacks[setback.reason](formats.bytes(setback.bytes)));
  }
  if (speed !== null && speed >= 1 && hold === null) facts.push(formats.speed(speed));
  if (secondsLeft !== null && hold === null) facts.push(formatTimeLeft(secondsLeft));
  if (resumedFrom > 0) facts.push(uploaderMessages.resumed(formats.bytes(resumedFrom)));
  return facts;
}

/** Files chosen in a page always have a size. */
function sizeOf({ size, sent }: UploadSnapshot): number {
  return size ?? sent;
}

function toneOf({ phase, hold }: UploadSnapshot): BadgeTone {
  if (phase === "done") return "success";
  if (phase === "failed") return "destructive";
  if (phase === "paused" || hold !== null) return "warning";
  return phase === "waiting" || phase === "cancelled" ? "neutral" : "primary";
}

function barOf({ phase, hold }: UploadSnapshot): ProgressTone {
  if (phase === "done") return "success";
  if (phase === "failed") return "destructive";
  return phase === "paused" || phase === "waiting" || hold !== null ? "muted" : "primary";
}

import type { UploadSnapshot } from "../../client/snapshot.ts";
import { formatBytes, formatSpeed, formatTimeLeft, percentOf } from "../format.ts";
import type { BadgeTone } from "../kit/badge.tsx";
import type { ProgressTone } from "../kit/progress.tsx";
import { failureMessage } from "../messages/failures.ts";
import { uploaderMessages } from "../messages/uploader.ts";

/** What a row says of an upload. */
export interface UploadDescription {
  readonly state: string;
  readonly tone: BadgeTone;
  readonly bar: ProgressTone;
  /** 0 to 100. */
  readonly percent: number;
  /** The facts under the bar, in order. */
  readonly facts: readonly string[];
  /** A sentence that explains why it does not move; null when it does. */
  readonly reason: string | null;
}

/** Puts an upload's state into words. */
export function describeUpload(snapshot: UploadSnapshot): UploadDescription {
  const { phase, hold, failure } = snapshot;
  return {
    state:
      hold === null || hold === "other-tab"
        ? uploaderMessages.phases[phase]
        : uploaderMessages.phases.waiting,
    tone: toneOf(snapshot),
    bar: barOf(snapshot),
    percent: percentShown(snapshot),
    facts: phase === "done" ? [formatBytes(sizeOf(snapshot))] : factsOf(snapshot),
    reason: failure === null ? reasonOf(snapshot) : failureMessage(failure),
  };
}

function reasonOf({ hold }: UploadSnapshot): string | null {
  return hold === null ? null : uploaderMessages.holds[hold];
}

/** While the checksum is being computed the bar shows that: the bytes are all there. */
function percentShown(snapshot: UploadSnapshot): number {
  const { phase, sent, digested } = snapshot;
  const size = sizeOf(snapshot);
  if (phase === "done") return 100;
  if (phase === "completing" && digested < size) return percentOf(digested, size);
  if (phase === "completing") return 100;
  // Not full before it is certain; of an empty file nothing is on the way.
  return size === 0 ? 0 : Math.min(99.9, percentOf(sent, size));
}

function factsOf(snapshot: UploadSnapshot): string[] {
  const { phase, hold, sent, speed, secondsLeft, resumedFrom, digested } = snapshot;
  const size = sizeOf(snapshot);
  const facts = [`${formatBytes(sent)} of ${formatBytes(size)}`];
  if (phase === "proving" && digested > 0) facts.push(uploaderMessages.comparing);
  if (phase === "completing" && digested < size) facts.push(uploaderMessages.hashing);
  if (phase !== "uploading") return facts;
  if (speed !== null && hold === null) facts.push(formatSpeed(speed));
  if (secondsLeft !== null && hold === null) facts.push(formatTimeLeft(secondsLeft));
  if (resumedFrom > 0) facts.push(uploaderMessages.resumed(formatBytes(resumedFrom)));
  return facts;
}

/** Files that are chosen on a page have a size from the start. */
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

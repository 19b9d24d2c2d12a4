import { isActive, type UploadPhase, type UploadSnapshot } from "./snapshot.ts";

/** Files of at most this many bytes are small: requests take most of their time. */
export const SMALL_FILE_BYTES = 2 ** 20;

/** The state of the whole queue at one moment. Sizes are bytes. */
export interface QueueTotals {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  readonly paused: number;
  /** Active, or waiting in the queue. */
  readonly pending: number;
  /** Active, and stalled: nothing was sent or acknowledged for five seconds. */
  readonly stalled: number;
  /** A stream of unknown length counts with the bytes sent so far. */
  readonly size: number;
  readonly sent: number;
  /** Bytes per second, of all files together; null while unknown or without progress. */
  readonly speed: number | null;
  /** Completed files per second; null while unknown or without progress. */
  readonly filesPerSecond: number | null;
  /** Until all files are done; null while unknown or without progress. */
  readonly secondsLeft: number | null;
  /** Whether chunks are being sent: leaving the page now interrupts them. */
  readonly moving: boolean;
}

const zero = {
  files: 0,
  done: 0,
  failed: 0,
  paused: 0,
  pending: 0,
  stalled: 0,
  /** Active, without a hold. */
  active: 0,
  /** Pending, with a hold. */
  held: 0,
  moving: 0,
  size: 0,
  sent: 0,
  /** Bytes of pending files that are still to be sent. */
  left: 0,
  /** Pending files of at most `SMALL_FILE_BYTES`. */
  smallLeft: 0,
};

/** Counters of one or more uploads; they can be added and subtracted. */
export type Sums = Readonly<Record<keyof typeof zero, number>>;

export const zeroSums: Sums = zero;

/** The phases that have a counter of the same name. */
const countedPhases: Partial<Record<UploadPhase, true>> = {
  done: true,
  failed: true,
  paused: true,
};

/** The counters of one upload. */
export function contributionOf(snapshot: UploadSnapshot): Sums {
  if (snapshot.phase === "cancelled") return zero;
  const { phase, sent } = snapshot;
  const size = snapshot.size ?? sent;
  return {
    ...zero,
    ...(isActive(phase) || phase === "waiting" ? pendingSums(snapshot, size) : {}),
    ...(phase in countedPhases ? { [phase]: 1 } : {}),
    files: 1,
    size,
    sent: phase === "done" ? size : sent,
  };
}

function pendingSums({ phase, hold, sent }: UploadSnapshot, size: number): Partial<Sums> {
  const isSending = phase === "uploading" && (hold === null || hold === "stalled");
  return {
    pending: 1,
    stalled: hold === "stalled" ? 1 : 0,
    active: isActive(phase) && hold === null ? 1 : 0,
    held: hold === null ? 0 : 1,
    moving: isSending ? 1 : 0,
    left: size - sent,
    smallLeft: size <= SMALL_FILE_BYTES ? 1 : 0,
  };
}

/** Bytes of the upload that this client has sent, without those that the server already held. */
export function bytesSent({ phase, size, sent, resumedFrom }: UploadSnapshot): number {
  const held = phase === "done" ? (size ?? sent) : sent;
  return Math.max(0, held - resumedFrom);
}

/** `sums` with `more` added (`sign` 1) or subtracted (-1). */
export function addSums(sums: Sums, more: Sums, sign: 1 | -1): Sums {
  const result = { ...zero };
  for (const key of Object.keys(zero) as (keyof Sums)[]) result[key] = sums[key] + sign * more[key];
  return result;
}

/** Whether no file makes progress, so that there is no rate to measure. */
export function isAtStandstill({ active, held, pending }: Sums): boolean {
  return active === 0 && (held > 0 || pending === 0);
}

import { isActive, type UploadPhase, type UploadSnapshot } from "./snapshot.ts";

/** Files of at most this many bytes are small: their time goes into requests, not into bytes. */
export const SMALL_FILE_BYTES = 2 ** 20;

/** The state of the whole queue at one moment. Sizes are bytes. */
export interface QueueTotals {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  readonly paused: number;
  /** Active, or waiting for their turn. */
  readonly pending: number;
  /** Active, and stalled: nothing was sent or acknowledged for five seconds. */
  readonly stalled: number;
  /** Of a stream whose length is not known: what was sent of it. */
  readonly size: number;
  readonly sent: number;
  /** Bytes a second of all files together; null while it is unknown or nothing moves. */
  readonly speed: number | null;
  /** Completed files a second; null while it is unknown or nothing moves. */
  readonly filesPerSecond: number | null;
  /** Until all files are done; null while it is unknown or nothing moves. */
  readonly secondsLeft: number | null;
  /** Chunks are on their way: leaving the page now interrupts them. */
  readonly moving: boolean;
}

const zero = {
  files: 0,
  done: 0,
  failed: 0,
  paused: 0,
  pending: 0,
  stalled: 0,
  /** Active, and no hold stops them. */
  active: 0,
  /** Pending, but something holds them up. */
  held: 0,
  moving: 0,
  size: 0,
  sent: 0,
  /** Bytes still to be sent of what is pending. */
  left: 0,
  /** Pending files of at most `SMALL_FILE_BYTES`. */
  smallLeft: 0,
};

/** Numbers that can be added up, and subtracted again. */
export type Sums = Readonly<Record<keyof typeof zero, number>>;

export const noSums: Sums = zero;

/** The phases that are counted under their own name. */
const counted: Partial<Record<UploadPhase, true>> = { done: true, failed: true, paused: true };

/** What one upload adds. */
export function contributionOf(snapshot: UploadSnapshot): Sums {
  if (snapshot.phase === "cancelled") return zero;
  const { phase, sent } = snapshot;
  const size = snapshot.size ?? sent;
  return {
    ...zero,
    ...(isActive(phase) || phase === "waiting" ? pendingSums(snapshot, size) : {}),
    ...(phase in counted ? { [phase]: 1 } : {}),
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

/** Bytes that this client has sent of the upload, without those that the server held before. */
export function movedBytes({ phase, size, sent, resumedFrom }: UploadSnapshot): number {
  const there = phase === "done" ? (size ?? sent) : sent;
  return Math.max(0, there - resumedFrom);
}

/** `sums` with `more` added (`sign` 1) or subtracted (-1). */
export function addSums(sums: Sums, more: Sums, sign: 1 | -1): Sums {
  const result = { ...zero };
  for (const key of Object.keys(zero) as (keyof Sums)[]) result[key] = sums[key] + sign * more[key];
  return result;
}

/** Whether everything that is pending is held up, so that there is no rate to measure. */
export function isAtStandstill({ active, held, pending }: Sums): boolean {
  return active === 0 && (held > 0 || pending === 0);
}

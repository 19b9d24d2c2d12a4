import { isActive, type UploadPhase, type UploadSnapshot } from "./snapshot.ts";

/** What the whole queue does at one moment. Sizes are bytes. */
export interface QueueTotals {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  readonly paused: number;
  /** Under way, or waiting for their turn. */
  readonly pending: number;
  /** Of a stream whose length is not known: what has been sent of it. */
  readonly size: number;
  readonly sent: number;
  /** Bytes a second, of all files together. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
  /** Bytes move: leaving now would interrupt them. */
  readonly moving: boolean;
}

/** Numbers that can be added up, and taken away again. */
export interface Sums {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  readonly paused: number;
  readonly pending: number;
  readonly size: number;
  readonly sent: number;
  /** Bytes a second, whole ones: sums of fractions would drift. */
  readonly speed: number;
  /** Bytes still to be sent of what is pending. */
  readonly left: number;
  /** Files whose time left is known. */
  readonly settled: number;
  readonly moving: number;
}

const nothing: Sums = {
  files: 0,
  done: 0,
  failed: 0,
  paused: 0,
  pending: 0,
  size: 0,
  sent: 0,
  speed: 0,
  left: 0,
  settled: 0,
  moving: 0,
};

/** The phases that are counted under their own name. */
const counted: Partial<Record<UploadPhase, true>> = { done: true, failed: true, paused: true };

/** What one upload adds; null for none. */
export function contributionOf(snapshot: UploadSnapshot | null): Sums {
  if (snapshot === null || snapshot.phase === "cancelled") return nothing;
  const { phase, hold, sent } = snapshot;
  const size = snapshot.size ?? sent;
  const isPending = isActive(phase) || phase === "waiting";
  const isUploading = phase === "uploading";
  return {
    ...nothing,
    ...(phase in counted ? { [phase]: 1 } : {}),
    files: 1,
    pending: isPending ? 1 : 0,
    size,
    sent: phase === "done" ? size : sent,
    speed: isUploading ? Math.round(snapshot.speed ?? 0) : 0,
    left: isPending ? size - sent : 0,
    settled: isPending && snapshot.secondsLeft !== null ? 1 : 0,
    moving: isUploading && hold === null ? 1 : 0,
  };
}

/** `sums` with `more` added (`sign` 1) or taken away (-1). */
export function addTotals(sums: Sums, more: Sums, sign: 1 | -1): Sums {
  return {
    files: sums.files + sign * more.files,
    done: sums.done + sign * more.done,
    failed: sums.failed + sign * more.failed,
    paused: sums.paused + sign * more.paused,
    pending: sums.pending + sign * more.pending,
    size: sums.size + sign * more.size,
    sent: sums.sent + sign * more.sent,
    speed: sums.speed + sign * more.speed,
    left: sums.left + sign * more.left,
    settled: sums.settled + sign * more.settled,
    moving: sums.moving + sign * more.moving,
  };
}

export function totalsOf(sums: Sums): QueueTotals {
  const { files, done, failed, paused, pending, size, sent, speed, left } = sums;
  const secondsLeft = sums.settled > 0 && speed > 1 ? left / speed : null;
  return {
    files,
    done,
    failed,
    paused,
    pending,
    size,
    sent,
    speed: speed > 0 ? speed : null,
    secondsLeft,
    moving: sums.moving > 0,
  };
}

import { QueueMeter, type QueueWork } from "./queue-meter.ts";
import {
  addSums,
  contributionOf,
  isAtStandstill,
  movedBytes,
  noSums,
  type QueueTotals,
  type Sums,
} from "./queue-totals.ts";
import type { UploadSnapshot } from "./snapshot.ts";

interface Entry {
  readonly sums: Sums;
  readonly moved: number;
}

/** The sums over many uploads: a change of one costs the same however many there are. */
export class QueueLedger {
  readonly #now: () => number;
  readonly #meter = new QueueMeter();
  /** What each upload adds, by the upload. */
  readonly #entries = new Map<object, Entry>();
  #sums: Sums = noSums;
  #bytesMoved = 0;
  #filesMoved = 0;

  /** `now` returns milliseconds that only grow. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Replaces what `upload` adds by its newest snapshot. */
  count(upload: object, snapshot: UploadSnapshot): void {
    const before = this.#entries.get(upload) ?? { sums: noSums, moved: 0 };
    const sums = contributionOf(snapshot);
    const moved = movedBytes(snapshot);
    this.#sums = addSums(addSums(this.#sums, before.sums, -1), sums, 1);
    this.#bytesMoved += Math.max(0, moved - before.moved);
    this.#filesMoved += Math.max(0, sums.done - before.sums.done);
    this.#entries.set(upload, { sums, moved });
  }

  /** Forgets `upload`. What it moved stays part of the rate. */
  drop(upload: object): void {
    const before = this.#entries.get(upload);
    if (before === undefined) return;
    this.#sums = addSums(this.#sums, before.sums, -1);
    this.#entries.delete(upload);
  }

  /** The totals now. Measures the rate, too: called a few times a second while something changes. */
  totals(): QueueTotals {
    const { files, done, failed, paused, pending, stalled, size, sent, moving } = this.#sums;
    const work = this.#work();
    if (isAtStandstill(this.#sums)) this.#meter.reset();
    else this.#meter.sample(work, this.#now());
    return {
      files,
      done,
      failed,
      paused,
      pending,
      stalled,
      size,
      sent,
      speed: this.#meter.speed,
      filesPerSecond: this.#meter.filesPerSecond,
      secondsLeft: this.#meter.secondsLeft(work),
      moving: moving > 0,
    };
  }

  #work(): QueueWork {
    return {
      bytesMoved: this.#bytesMoved,
      filesMoved: this.#filesMoved,
      bytesLeft: this.#sums.left,
      smallFilesLeft: this.#sums.smallLeft,
    };
  }
}

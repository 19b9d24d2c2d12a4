import { QueueMeter, type QueueWork } from "./queue-meter.ts";
import {
  addSums,
  bytesSent,
  contributionOf,
  isAtStandstill,
  type QueueTotals,
  type Sums,
  zeroSums,
} from "./queue-totals.ts";
import type { UploadSnapshot } from "./snapshot.ts";

interface Entry {
  readonly sums: Sums;
  readonly sent: number;
}

/** The sums over all uploads. Updating one upload takes constant time. */
export class QueueLedger {
  readonly #now: () => number;
  readonly #meter = new QueueMeter();
  /** The counters of each upload, keyed by the upload. */
  readonly #entries = new Map<object, Entry>();
  #sums: Sums = zeroSums;
  #bytesSent = 0;
  #filesDone = 0;

  /** `now` returns monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Replaces the counters of `upload` with those of its newest snapshot. */
  count(upload: object, snapshot: UploadSnapshot): void {
    const before = this.#entries.get(upload) ?? { sums: zeroSums, sent: 0 };
    const sums = contributionOf(snapshot);
    const sent = bytesSent(snapshot);
    this.#sums = addSums(addSums(this.#sums, before.sums, -1), sums, 1);
    this.#bytesSent += Math.max(0, sent - before.sent);
    this.#filesDone += Math.max(0, sums.done - before.sums.done);
    this.#entries.set(upload, { sums, sent });
  }

  /** Removes `upload` from the totals. What it sent still counts for the rate. */
  drop(upload: object): void {
    const before = this.#entries.get(upload);
    if (before === undefined) return;
    this.#sums = addSums(this.#sums, before.sums, -1);
    this.#entries.delete(upload);
  }

  /** Returns the totals and takes a sample of the rate. Call it a few times per second while something changes. */
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
      bytesSent: this.#bytesSent,
      filesDone: this.#filesDone,
      bytesLeft: this.#sums.left,
      smallFilesLeft: this.#sums.smallLeft,
    };
  }
}

import type { Release } from "./runtime.ts";
import { canResume, isActive, isOver, type UploadPhase } from "./snapshot.ts";
import type { Upload } from "./upload.ts";
import type { UploadClient, UploadOptions } from "./upload-client.ts";

/** One file in the queue. */
export interface QueueItem {
  /** Unique within the queue. */
  readonly key: number;
  readonly upload: Upload;
}

/** What the whole queue does at one moment. Sizes are bytes. */
export interface QueueTotals {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  readonly paused: number;
  /** Under way, or waiting for their turn. */
  readonly pending: number;
  readonly size: number;
  readonly sent: number;
  /** Bytes a second, of all files together. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
  /** Bytes move: leaving now would interrupt them. */
  readonly moving: boolean;
}

export interface QueueSnapshot {
  /** The same array until a file comes or goes. */
  readonly items: readonly QueueItem[];
  readonly totals: QueueTotals;
}

/** Totals are counted anew no more often than this (ms): a queue may hold ten thousand files. */
const COUNT_EVERY_MS = 200;

/** Many uploads together: one list, one sum, and orders to all of them. */
export class UploadQueue {
  readonly #client: UploadClient;
  readonly #later: (ms: number, work: () => void) => void;
  readonly #listeners = new Set<() => void>();
  #items: readonly QueueItem[] = [];
  #snapshot: QueueSnapshot;
  #nextKey = 1;
  #countDue = false;

  /** `later` runs `work` once after `ms` milliseconds. */
  constructor(client: UploadClient, later: (ms: number, work: () => void) => void) {
    this.#client = client;
    this.#later = later;
    this.#snapshot = { items: [], totals: countTotals([]) };
  }

  /** The same object until something changes. */
  get snapshot(): QueueSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): Release {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds files. One that is here already and not done goes on where it stands, instead of twice. */
  add(files: readonly { file: Blob; options?: UploadOptions }[]): void {
    const known = new Map(this.#items.map((item) => [item.upload.fingerprint, item.upload]));
    const added: QueueItem[] = [];
    for (const { file, options } of files) {
      const fingerprint = this.#client.fingerprint(file, options);
      const before = known.get(fingerprint);
      if (before !== undefined && !isOver(before.snapshot().phase)) {
        before.resume();
        continue;
      }
      const upload = this.#client.upload(file, options);
      known.set(fingerprint, upload);
      upload.subscribe(() => this.#countSoon());
      added.push({ key: this.#nextKey, upload });
      this.#nextKey += 1;
    }
    this.#setItems([...this.#items, ...added]);
  }

  pauseAll(): void {
    for (const { upload } of this.#items) upload.pause();
  }

  resumeAll(): void {
    for (const { upload } of this.#items) if (canResume(upload.snapshot())) upload.resume();
  }

  /** Ends the upload unless it is done, and takes it off the list. */
  async remove(key: number): Promise<void> {
    const item = this.#items.find((candidate) => candidate.key === key);
    this.#setItems(this.#items.filter((candidate) => candidate !== item));
    await item?.upload.abort();
  }

  /** Takes all that is over off the list. */
  clearDone(): void {
    this.#setItems(this.#items.filter(({ upload }) => !isOver(upload.snapshot().phase)));
  }

  #setItems(items: readonly QueueItem[]): void {
    this.#items = items;
    this.#count();
  }

  #countSoon(): void {
    if (this.#countDue) return;
    this.#countDue = true;
    this.#later(COUNT_EVERY_MS, () => {
      this.#countDue = false;
      this.#count();
    });
  }

  #count(): void {
    this.#snapshot = { items: this.#items, totals: countTotals(this.#items) };
    for (const listener of this.#listeners) listener();
  }
}

function countTotals(items: readonly QueueItem[]): QueueTotals {
  const snapshots = items
    .map(({ upload }) => upload.snapshot())
    .filter(({ phase }) => phase !== "cancelled");
  const number = (...phases: UploadPhase[]) =>
    snapshots.filter(({ phase }) => phases.includes(phase)).length;
  const sum = (pick: (snapshot: (typeof snapshots)[number]) => number) =>
    snapshots.reduce((total, snapshot) => total + pick(snapshot), 0);
  const active = snapshots.filter(({ phase }) => isActive(phase) || phase === "waiting");
  const speed = sum((snapshot) => (snapshot.phase === "uploading" ? (snapshot.speed ?? 0) : 0));
  const left = active.reduce((total, { size, sent }) => total + size - sent, 0);
  const settled = active.some(({ secondsLeft }) => secondsLeft !== null);
  return {
    files: snapshots.length,
    done: number("done"),
    failed: number("failed"),
    paused: number("paused"),
    pending: active.length,
    size: sum(({ size }) => size),
    sent: sum((snapshot) => (snapshot.phase === "done" ? snapshot.size : snapshot.sent)),
    speed: speed > 0 ? speed : null,
    secondsLeft: settled && speed > 1 ? left / speed : null,
    moving: active.some(({ phase, hold }) => phase === "uploading" && hold === null),
  };
}

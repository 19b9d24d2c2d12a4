import { type CompletedView, completedView } from "./completed-view.ts";
import { notify } from "./notify.ts";
import { QueueLedger } from "./queue-ledger.ts";
import type { QueueTotals } from "./queue-totals.ts";
import type { Release } from "./runtime.ts";
import { canResume, isOver } from "./snapshot.ts";
import type { CommonUploadOptions, TypedUpload } from "./typed.ts";
import type { Upload } from "./upload.ts";
import type { UploadClient, UploadOptions } from "./upload-client.ts";

export type { QueueTotals } from "./queue-totals.ts";

/** One file in the queue. */
export interface QueueItem<View = CompletedView> {
  /** Unique within the queue. */
  readonly key: number;
  readonly upload: TypedUpload<View>;
}

export interface QueueSnapshot<View = CompletedView> {
  /** The same array until a file is added or removed. */
  readonly items: readonly QueueItem<View>[];
  readonly totals: QueueTotals;
}

/** A file to add: as a new upload, or into the upload `uploadId` that was created elsewhere. */
export type QueueEntry<Source, Options, View = CompletedView> =
  | {
      readonly file: Source;
      readonly options?: Options | undefined;
      readonly uploadId?: undefined;
    }
  | {
      readonly file: Source;
      readonly options?: CommonUploadOptions<View> | undefined;
      readonly uploadId: string;
    };

/** Called with every upload of the queue that completes. */
export type QueueDoneListener<View> = (view: View, item: QueueItem<View>) => void;

/** Progress is published at most once per interval, in milliseconds. */
const PUBLISH_MS = 200;
/** Files added without a pause: a few milliseconds of work, then the page can render. */
const SLICE = 200;

/** Whether the same fingerprint means the same file. Streams and bytes in memory may differ. */
function hasReliableFingerprint(file: unknown): boolean {
  const isFile = typeof File === "function" && file instanceof File;
  return isFile || typeof file === "string" || file instanceof URL;
}

/** An upload of any profile. */
type AnyUpload = Omit<Upload, "done">;

/** The part of a client that the queue uses. */
type QueueClient<Source> = Pick<UploadClient<Source>, "upload" | "fingerprint">;

/** A queue of uploads with totals and methods that apply to all of them. Accepts ten thousand files. */
export class UploadQueue<Source = Blob, Options = CommonUploadOptions, View = CompletedView> {
  readonly #client: QueueClient<Source>;
  readonly #later: (ms: number, work: () => void) => void;
  readonly #listeners = new Set<() => void>();
  /** `never`: the type is checked in `onDone`, so that a queue is assignable to one of another view. */
  readonly #doneListeners = new Set<QueueDoneListener<never>>();
  readonly #ledger: QueueLedger;
  /** The uploads in the list; the value unsubscribes. */
  readonly #subscriptions = new Map<object, Release>();
  /** The uploads whose completion was announced to the listeners. */
  readonly #announced = new WeakSet<object>();
  readonly #byFingerprint = new Map<string, AnyUpload>();
  #items: readonly QueueItem<View>[] = [];
  #snapshot: QueueSnapshot<View>;
  #nextKey = 1;
  #publishDue = false;
  /** Files that are still being added after `pauseAll` are added paused. */
  #paused = false;
  #adding: Promise<void> = Promise.resolve();
  /** Counts calls of `cancelAll`: files that were still waiting to be added are dropped. */
  #cancellations = 0;

  /** `later` runs `work` once after `ms` milliseconds; `now` returns monotonic milliseconds. */
  constructor(
    client: QueueClient<Source>,
    later: (ms: number, work: () => void) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#client = client;
    this.#later = later;
    this.#ledger = new QueueLedger(now);
    this.#snapshot = { items: [], totals: this.#ledger.totals() };
  }

  /** The same object until something changes. */
  get snapshot(): QueueSnapshot<View> {
    return this.#snapshot;
  }

  subscribe(listener: () => void): Release {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` with every upload that completes, until the returned function is called. */
  onDone(listener: QueueDoneListener<View>): Release {
    this.#doneListeners.add(listener);
    return () => this.#doneListeners.delete(listener);
  }

  /**
   * Adds files in small steps, so that a page stays responsive. A file that is in the list and not done
   * is resumed, not added again. Resolves when all files are in the list. `keepsPause`: after
   * `pauseAll` the files are added paused, because the user selected them before.
   */
  add(
    files: readonly QueueEntry<Source, Options, View>[],
    { keepsPause = false }: { readonly keepsPause?: boolean } = {},
  ): Promise<void> {
    if (!keepsPause) this.#paused = false;
    const [first, rest] = [files.slice(0, SLICE), files.slice(SLICE)];
    this.#addSlice(first);
    const cancellations = this.#cancellations;
    if (rest.length > 0) this.#adding = this.#adding.then(() => this.#addRest(rest, cancellations));
    return this.#adding;
  }

  pauseAll(): void {
    this.#paused = true;
    for (const { upload } of this.#items) upload.pause();
    // At once, not with the next periodic update: the user expects a reaction.
    this.#publish();
  }

  resumeAll(): void {
    this.#paused = false;
    for (const { upload } of this.#items) if (canResume(upload.snapshot())) upload.resume();
    this.#publish();
  }

  /** Aborts the upload unless it is done, and removes it from the list. */
  async remove(key: number): Promise<void> {
    const item = this.#items.find((candidate) => candidate.key === key);
    if (item === undefined) return;
    this.#items = this.#items.filter((candidate) => candidate !== item);
    this.#drop(item.upload);
    this.#publish();
    await item.upload.abort();
  }

  /** Aborts all uploads that are not done and removes them from the list. Resolves when they are deleted from the server. */
  async cancelAll(): Promise<void> {
    this.#cancellations += 1;
    const open = this.#items.filter(({ upload }) => !isOver(upload.snapshot().phase));
    for (const { upload } of open) this.#drop(upload);
    this.#items = this.#items.filter(({ upload }) => this.#subscriptions.has(upload));
    this.#publish();
    await Promise.all(open.map(({ upload }) => upload.abort()));
  }

  /** Removes all ended uploads from the list. */
  clearDone(): void {
    const over = this.#items.filter(({ upload }) => isOver(upload.snapshot().phase));
    for (const { upload } of over) this.#drop(upload);
    this.#items = this.#items.filter(({ upload }) => this.#subscriptions.has(upload));
    this.#publish();
  }

  async #addRest(
    files: readonly QueueEntry<Source, Options, View>[],
    cancellations: number,
  ): Promise<void> {
    for (let start = 0; start < files.length; start += SLICE) {
      await new Promise<void>((resolve) => this.#later(0, resolve));
      if (cancellations !== this.#cancellations) return;
      this.#addSlice(files.slice(start, start + SLICE));
    }
  }

  #addSlice(files: readonly QueueEntry<Source, Options, View>[]): void {
    const added = files.flatMap((entry) => this.#startUpload(entry) ?? []);
    this.#items = [...this.#items, ...added];
    this.#publish();
  }

  #startUpload({
    file,
    options,
    uploadId,
  }: QueueEntry<Source, Options, View>): QueueItem<View> | null {
    // The typed client has checked the options; the engine accepts those of any profile.
    const request = { ...(options as UploadOptions | undefined), uploadId };
    const fingerprint = this.#client.fingerprint(file, request);
    const previous = this.#byFingerprint.get(fingerprint);
    if (
      previous !== undefined &&
      hasReliableFingerprint(file) &&
      !isOver(previous.snapshot().phase)
    ) {
      if (!this.#paused) previous.resume();
      return null;
    }
    const upload = this.#client.upload(file, request);
    if (this.#paused) upload.pause();
    this.#byFingerprint.set(fingerprint, upload);
    this.#ledger.count(upload, upload.snapshot());
    this.#nextKey += 1;
    const item = {
      key: this.#nextKey - 1,
      upload: upload as unknown as TypedUpload<View>,
    };
    this.#subscriptions.set(
      upload,
      upload.subscribe(() => this.#changed(upload, item)),
    );
    return item;
  }

  /** Removes the upload from the totals and unsubscribes from it. */
  #drop(upload: AnyUpload): void {
    this.#subscriptions.get(upload)?.();
    this.#subscriptions.delete(upload);
    this.#ledger.drop(upload);
    if (this.#byFingerprint.get(upload.fingerprint) === upload)
      this.#byFingerprint.delete(upload.fingerprint);
  }

  #changed(upload: AnyUpload, item: QueueItem<View>): void {
    const snapshot = upload.snapshot();
    this.#ledger.count(upload, snapshot);
    this.#publishSoon();
    if (snapshot.phase !== "done" || snapshot.view === null || this.#announced.has(upload)) return;
    this.#announced.add(upload);
    const view = completedView(snapshot.view);
    for (const listener of this.#doneListeners)
      notify(() => listener(view as never, item as never));
  }

  #publishSoon(): void {
    if (this.#publishDue) return;
    this.#publishDue = true;
    this.#later(PUBLISH_MS, () => {
      this.#publishDue = false;
      this.#publish();
    });
  }

  #publish(): void {
    this.#snapshot = { items: this.#items, totals: this.#ledger.totals() };
    for (const listener of this.#listeners) listener();
  }
}

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

/** A file to add: as a new upload, or into the upload `uploadId` that was begun elsewhere. */
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

/** Listeners hear of moving bytes no more often than this (ms). */
const TELL_EVERY_MS = 200;
/** Files added at one go: a few milliseconds of work, then the page may paint. */
const SLICE = 200;

/** Whether two of one fingerprint are one file. Streams, and bytes in memory, may only look alike. */
function isKnownAgain(file: unknown): boolean {
  const isFile = typeof File === "function" && file instanceof File;
  return isFile || typeof file === "string" || file instanceof URL;
}

/** An upload of any profile. */
type AnyUpload = Omit<Upload, "done">;

/** What the queue needs of a client. */
type QueueClient<Source> = Pick<UploadClient<Source>, "upload" | "fingerprint">;

/** Many uploads together: one list, one sum, and orders to all of them. May hold ten thousand files. */
export class UploadQueue<Source = Blob, Options = CommonUploadOptions, View = CompletedView> {
  readonly #client: QueueClient<Source>;
  readonly #later: (ms: number, work: () => void) => void;
  readonly #listeners = new Set<() => void>();
  /** Typed where they are added, so that a queue may be passed on as one of any view. */
  readonly #doneListeners = new Set<QueueDoneListener<never>>();
  readonly #ledger: QueueLedger;
  /** The uploads in the list, and how to unsubscribe from each. */
  readonly #known = new Map<object, Release>();
  /** The uploads whose completion the listeners were told. */
  readonly #announced = new WeakSet<object>();
  readonly #byFingerprint = new Map<string, AnyUpload>();
  #items: readonly QueueItem<View>[] = [];
  #snapshot: QueueSnapshot<View>;
  #nextKey = 1;
  #tellDue = false;
  /** Files that wait to be added stay paused when everything else was paused meanwhile. */
  #paused = false;
  #adding: Promise<void> = Promise.resolve();
  /** Counts `cancelAll`: files that wait to be added since before one are not added any more. */
  #cancelled = 0;

  /** `later` runs `work` once after `ms` milliseconds; `now` returns milliseconds that only grow. */
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

  /** Calls `listener` with every upload that completes from now on, until the returned function is called. */
  onDone(listener: QueueDoneListener<View>): Release {
    this.#doneListeners.add(listener);
    return () => this.#doneListeners.delete(listener);
  }

  /**
   * Adds files: some hundreds at once, the others bit by bit. A file that is in the list and not done
   * continues instead of being sent twice. Resolves when all are in the list. `keepsPause`: after a
   * `pauseAll` the files are added paused, because the user chose them before it.
   */
  add(
    files: readonly QueueEntry<Source, Options, View>[],
    { keepsPause = false }: { readonly keepsPause?: boolean } = {},
  ): Promise<void> {
    if (!keepsPause) this.#paused = false;
    const [first, rest] = [files.slice(0, SLICE), files.slice(SLICE)];
    this.#addSlice(first);
    const round = this.#cancelled;
    if (rest.length > 0) this.#adding = this.#adding.then(() => this.#addRest(rest, round));
    return this.#adding;
  }

  pauseAll(): void {
    this.#paused = true;
    for (const { upload } of this.#items) upload.pause();
    // The user waits for it: not with the next of the regular updates.
    this.#tell();
  }

  resumeAll(): void {
    this.#paused = false;
    for (const { upload } of this.#items) if (canResume(upload.snapshot())) upload.resume();
    this.#tell();
  }

  /** Ends the upload unless it is done, and takes it off the list. */
  async remove(key: number): Promise<void> {
    const item = this.#items.find((candidate) => candidate.key === key);
    if (item === undefined) return;
    this.#items = this.#items.filter((candidate) => candidate !== item);
    this.#drop(item.upload);
    this.#tell();
    await item.upload.abort();
  }

  /** Ends all that is not done, and takes it off the list. Resolves when the server was told. */
  async cancelAll(): Promise<void> {
    this.#cancelled += 1;
    const open = this.#items.filter(({ upload }) => !isOver(upload.snapshot().phase));
    for (const { upload } of open) this.#drop(upload);
    this.#items = this.#items.filter(({ upload }) => this.#known.has(upload));
    this.#tell();
    await Promise.all(open.map(({ upload }) => upload.abort()));
  }

  /** Takes all that is over off the list. */
  clearDone(): void {
    const over = this.#items.filter(({ upload }) => isOver(upload.snapshot().phase));
    for (const { upload } of over) this.#drop(upload);
    this.#items = this.#items.filter(({ upload }) => this.#known.has(upload));
    this.#tell();
  }

  async #addRest(
    files: readonly QueueEntry<Source, Options, View>[],
    round: number,
  ): Promise<void> {
    for (let start = 0; start < files.length; start += SLICE) {
      await new Promise<void>((resolve) => this.#later(0, resolve));
      if (round !== this.#cancelled) return;
      this.#addSlice(files.slice(start, start + SLICE));
    }
  }

  #addSlice(files: readonly QueueEntry<Source, Options, View>[]): void {
    const added = files.flatMap((entry) => this.#begin(entry) ?? []);
    this.#items = [...this.#items, ...added];
    this.#tell();
  }

  #begin({ file, options, uploadId }: QueueEntry<Source, Options, View>): QueueItem<View> | null {
    // The typed client checks the options; the engine takes those of any profile.
    const ask = { ...(options as UploadOptions | undefined), uploadId };
    const fingerprint = this.#client.fingerprint(file, ask);
    const before = this.#byFingerprint.get(fingerprint);
    if (before !== undefined && isKnownAgain(file) && !isOver(before.snapshot().phase)) {
      if (!this.#paused) before.resume();
      return null;
    }
    const upload = this.#client.upload(file, ask);
    if (this.#paused) upload.pause();
    this.#byFingerprint.set(fingerprint, upload);
    this.#ledger.count(upload, upload.snapshot());
    this.#nextKey += 1;
    const item = {
      key: this.#nextKey - 1,
      upload: upload as unknown as TypedUpload<View>,
    };
    this.#known.set(
      upload,
      upload.subscribe(() => this.#changed(upload, item)),
    );
    return item;
  }

  /** Nothing of the upload counts any more. */
  #drop(upload: AnyUpload): void {
    this.#known.get(upload)?.();
    this.#known.delete(upload);
    this.#ledger.drop(upload);
    if (this.#byFingerprint.get(upload.fingerprint) === upload)
      this.#byFingerprint.delete(upload.fingerprint);
  }

  #changed(upload: AnyUpload, item: QueueItem<View>): void {
    const snapshot = upload.snapshot();
    this.#ledger.count(upload, snapshot);
    this.#tellLater();
    if (snapshot.phase !== "done" || snapshot.view === null || this.#announced.has(upload)) return;
    this.#announced.add(upload);
    const view = completedView(snapshot.view);
    for (const listener of this.#doneListeners)
      notify(() => listener(view as never, item as never));
  }

  #tellLater(): void {
    if (this.#tellDue) return;
    this.#tellDue = true;
    this.#later(TELL_EVERY_MS, () => {
      this.#tellDue = false;
      this.#tell();
    });
  }

  #tell(): void {
    this.#snapshot = { items: this.#items, totals: this.#ledger.totals() };
    for (const listener of this.#listeners) listener();
  }
}

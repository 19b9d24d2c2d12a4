import { UploadError } from "../errors.ts";
import { type ByteRange, overlaps } from "../ranges.ts";

/** Why a writer must stop, and whether what it has received so far may still be committed. */
export interface StopReason {
  readonly error: UploadError;
  readonly keep: boolean;
}

/** A writer that can commit what it has received before its body has ended. */
export interface EarlyCommitter {
  /** The position after the last byte received. */
  readonly position: number;
  /** Whether it waits for bytes and has processed all that it received. */
  readonly isIdle: boolean;
  /** Resolves when everything received before the call is committed, or the writer has ended. */
  commit(): Promise<void>;
}

/** One running body's place among the writers of its upload. */
export class WriterSlot {
  readonly range: ByteRange;
  /** Whether an older writer was stopped for this one; what that one had received is committed. */
  hasOvertaken: boolean;
  /** The epoch of its claim, where claims are rows. */
  epoch: number | null = null;
  /** Whether the last commit has given the claim up. */
  isReleased = false;
  /** Null while the writer cannot commit early. */
  committer: EarlyCommitter | null = null;
  readonly #controller = new AbortController();
  #ended: () => void = () => {};
  readonly done: Promise<void>;
  #stop: StopReason | null = null;

  constructor(range: ByteRange, hasOvertaken: boolean) {
    this.range = range;
    this.hasOvertaken = hasOvertaken;
    this.done = new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** Aborts when the writer must stop; the reason is an `UploadError`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopReason(): StopReason | null {
    return this.#stop;
  }

  stop(reason: StopReason): void {
    // A reason that forbids keeping is final: a shutdown must not allow what a delete forbade.
    if (this.#stop === null || (this.#stop.keep && !reason.keep)) this.#stop = reason;
    this.#controller.abort(reason.error);
  }

  end(): void {
    this.#ended();
  }
}

/** What a writer's client receives when a newer request writes the same bytes. */
export function overtaken(): UploadError {
  return new UploadError("BUSY", {
    message: "A newer request took over this part of the upload.",
    retryAfterMs: 1_000,
  });
}

/** What a writer's client receives when its upload is completed or deleted. */
export function stopped(because: "complete" | "delete"): UploadError {
  return new UploadError(because === "complete" ? "ALREADY_COMPLETE" : "NOT_FOUND");
}

/** Uploads of which a reported offset is remembered, at most. */
const REPORTS_KEPT = 1_000;

/**
 * The bodies that this process is writing, by upload. They are not locks: a newer request takes over
 * at once, and waits only until the older writer has committed what it received.
 */
export class Writers {
  readonly #slots = new Map<string, Set<WriterSlot>>();
  /** By upload: bodies whose request has started and whose first byte was not taken yet. */
  readonly #starting = new Map<string, number>();
  /** By upload: the offsets that were returned to clients while a writer was live. */
  readonly #reported = new Map<string, number>();
  readonly #watches = new Map<string, Set<{ range: ByteRange; changed: () => void }>>();
  #closed: UploadError | null = null;

  /**
   * Takes `range`: older writers that overlap it are stopped, and awaited until they have committed
   * what they received. BUSY when an even newer one comes in the meantime; UNAVAILABLE while the
   * process is shutting down.
   */
  async take(uploadId: string, range: ByteRange): Promise<WriterSlot> {
    if (this.#closed) throw this.#closed;
    const slots = this.#slots.get(uploadId) ?? new Set();
    const older = [...slots].filter((other) => overlaps(other.range, range));
    const slot = new WriterSlot(range, older.length > 0);
    this.#reported.delete(uploadId);
    slots.add(slot);
    this.#slots.set(uploadId, slots);
    for (const other of older) other.stop({ error: overtaken(), keep: true });
    await Promise.all(older.map((other) => other.done));
    if (slot.stopReason === null) return slot;
    this.release(uploadId, slot);
    throw slot.stopReason.error;
  }

  /** Reserves the range of a body that is not being read yet. Null if a writer of an overlapping range is active. */
  reserve(uploadId: string, range: ByteRange): WriterSlot | null {
    const slots = this.#slots.get(uploadId) ?? new Set();
    if (this.#closed || [...slots].some((other) => overlaps(other.range, range))) return null;
    const slot = new WriterSlot(range, false);
    this.#slots.set(uploadId, slots.add(slot));
    return slot;
  }

  /** Calls `changed` when a writer of `range` ends, or the writers of the upload are stopped. */
  watch(uploadId: string, range: ByteRange, changed: () => void): () => void {
    const watches = this.#watches.get(uploadId) ?? new Set();
    const watch = { range, changed };
    this.#watches.set(uploadId, watches.add(watch));
    return () => {
      if (watches.delete(watch) && watches.size === 0 && this.#watches.get(uploadId) === watches)
        this.#watches.delete(uploadId);
    };
  }

  release(uploadId: string, slot: WriterSlot): void {
    for (const watch of this.#watches.get(uploadId) ?? [])
      if (overlaps(watch.range, slot.range)) watch.changed();
    const slots = this.#slots.get(uploadId);
    slots?.delete(slot);
    if (slots?.size === 0) this.#slots.delete(uploadId);
    slot.end();
  }

  /** The bodies of the upload that are being written here. */
  writing(uploadId: string): WriterSlot[] {
    return [...(this.#slots.get(uploadId) ?? [])];
  }

  isWriting(uploadId: string): boolean {
    return this.#slots.has(uploadId);
  }

  /** Records that a body of the upload is about to be read, until the returned function is called. */
  start(uploadId: string): () => void {
    const count = (change: number) => {
      const left = (this.#starting.get(uploadId) ?? 0) + change;
      if (left > 0) this.#starting.set(uploadId, left);
      else this.#starting.delete(uploadId);
    };
    count(1);
    let hasEnded = false;
    return () => {
      if (!hasEnded) count(-1);
      hasEnded = true;
    };
  }

  isStarting(uploadId: string): boolean {
    return this.#starting.has(uploadId);
  }

  /** The live writers of the upload that can commit what they have received. */
  committing(uploadId: string): WriterSlot[] {
    return this.writing(uploadId).filter(({ committer }) => committer !== null);
  }

  /**
   * Records the offset that is returned to a client. While a writer is live, its later bytes may move the
   * offset; a body that starts at the recorded one is then still accepted (see `AppendHeaders` in plan-append.ts).
   */
  report(uploadId: string, offset: number): void {
    this.#reported.delete(uploadId);
    if (!this.#slots.has(uploadId) && !this.isStarting(uploadId)) return;
    this.#reported.set(uploadId, offset);
    const [oldest] = this.#reported.keys();
    if (this.#reported.size > REPORTS_KEPT && oldest !== undefined) this.#reported.delete(oldest);
  }

  /** True if `offset` is the last one that a response reported and no body has started since. */
  hasReported(uploadId: string, offset: number | undefined): boolean {
    return offset !== undefined && this.#reported.get(uploadId) === offset;
  }

  /** Stops every writer of the upload: bytes that are not committed yet are discarded. */
  stop(uploadId: string, error: UploadError): void {
    for (const { changed } of this.#watches.get(uploadId) ?? []) changed();
    for (const slot of this.writing(uploadId)) slot.stop({ error, keep: false });
  }

  /** Stops every writer of the upload, and waits until they have ended. */
  async stopAll(uploadId: string, error: UploadError): Promise<void> {
    const slots = this.writing(uploadId);
    this.stop(uploadId, error);
    await Promise.all(slots.map((slot) => slot.done));
  }

  /** Takes no more writers; those that run may end by themselves until `patience` resolves, then they keep what arrived. */
  async drain(patience: Promise<void>): Promise<void> {
    this.#closed = new UploadError("UNAVAILABLE", {
      message: "The server is shutting down; try again in a moment.",
      retryAfterMs: 5_000,
    });
    const slots = [...this.#slots.values()].flatMap((set) => [...set]);
    const ended = Promise.all(slots.map((slot) => slot.done));
    await Promise.race([ended, patience]);
    for (const slot of slots) slot.stop({ error: this.#closed, keep: true });
    await ended;
  }
}

import { UploadError } from "../errors.ts";
import { type ByteRange, overlaps } from "../ranges.ts";

/** Why a writer must stop, and whether what it has received so far may still be committed. */
export interface StopReason {
  readonly error: UploadError;
  readonly keep: boolean;
}

/** One running body's place among the writers of its upload. */
export class WriterSlot {
  readonly range: ByteRange;
  readonly #controller = new AbortController();
  #ended: () => void = () => {};
  readonly done: Promise<void>;
  #stop: StopReason | null = null;

  constructor(range: ByteRange) {
    this.range = range;
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
    // The sternest reason wins: what a takeover forbade, a later shutdown must not allow again.
    if (this.#stop === null || (this.#stop.keep && !reason.keep)) this.#stop = reason;
    this.#controller.abort(reason.error);
  }

  end(): void {
    this.#ended();
  }
}

/**
 * The bodies that this process is writing, by upload. Not locks: whoever comes newer takes over at
 * once, and waits only until the older writer has let go of the file.
 */
export class Writers {
  readonly #slots = new Map<string, Set<WriterSlot>>();
  #closed: UploadError | null = null;

  /**
   * Takes `range`: older writers that overlap it are stopped and awaited. BUSY when a still newer
   * one comes meanwhile; UNAVAILABLE while the process is shutting down.
   */
  async take(uploadId: string, range: ByteRange): Promise<WriterSlot> {
    if (this.#closed) throw this.#closed;
    const slot = new WriterSlot(range);
    const slots = this.#slots.get(uploadId) ?? new Set();
    const older = [...slots].filter((other) => overlaps(other.range, range));
    slots.add(slot);
    this.#slots.set(uploadId, slots);
    const overtaken = new UploadError("BUSY", {
      message: "A newer request took over this part of the upload.",
      retryAfterMs: 1_000,
    });
    for (const other of older) other.stop({ error: overtaken, keep: false });
    await Promise.all(older.map((other) => other.done));
    if (slot.stopReason === null) return slot;
    this.release(uploadId, slot);
    throw slot.stopReason.error;
  }

  release(uploadId: string, slot: WriterSlot): void {
    const slots = this.#slots.get(uploadId);
    slots?.delete(slot);
    if (slots?.size === 0) this.#slots.delete(uploadId);
    slot.end();
  }

  isWriting(uploadId: string): boolean {
    return this.#slots.has(uploadId);
  }

  /** Stops every writer of the upload: what is uncommitted by now will not be kept. */
  stop(uploadId: string, error: UploadError): void {
    for (const slot of this.#slots.get(uploadId) ?? []) slot.stop({ error, keep: false });
  }

  /** Stops every writer of the upload, and waits until they have let go. */
  async stopAll(uploadId: string, error: UploadError): Promise<void> {
    const slots = [...(this.#slots.get(uploadId) ?? [])];
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

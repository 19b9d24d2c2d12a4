import { addRange, type ByteRange, totalLength } from "../core/ranges.ts";

/** After this many milliseconds without progress an upload is stalled. */
export const STALLED_AFTER_MS = 5_000;

/** Why `sent` is lower than it was before. It stays until `sent` reaches the earlier value again. */
export interface UploadSetback {
  /** Bytes that must be sent again. */
  readonly bytes: number;
  /**
   * `not-received`: the connection ended before the server received them. `not-kept`: the server
   * had acknowledged them and no longer has them, or the upload was started again.
   */
  readonly reason: "not-received" | "not-kept";
}

/** The bytes of one upload that the server holds, and those in flight. Times are milliseconds. */
export class TransferProgress {
  #held: readonly ByteRange[] = [];
  /** The range that each running request has sent so far, by chunk. */
  readonly #inFlight = new Map<number, ByteRange>();
  /** Chunks whose request ended without an acknowledgement: the server may have some of their bytes. */
  readonly #unconfirmed = new Set<number>();
  #peak = 0;
  #progressAt = 0;
  sent = 0;
  acknowledged = 0;
  setback: UploadSetback | null = null;

  /** Whether a request is running that may still be acknowledged. */
  get isSending(): boolean {
    return this.#inFlight.size > this.#unconfirmed.size;
  }

  /** The request for `chunk` has sent `range` so far. */
  inFlight(chunk: number, range: ByteRange, now: number): void {
    if (this.#inFlight.size === 0) this.#progressAt = now;
    this.#unconfirmed.delete(chunk);
    this.#inFlight.set(chunk, range);
    this.#count(now);
  }

  /** The server has acknowledged `range`, sent as `chunk`. */
  confirmed(chunk: number, range: ByteRange, now: number): void {
    this.#drop(chunk);
    this.#held = addRange(this.#held, range);
    this.#count(now);
  }

  /** The request for `chunk` ended without an acknowledgement. Its bytes count until the next `heldByServer`. */
  unconfirmed(chunk: number): void {
    if (this.#inFlight.has(chunk)) this.#unconfirmed.add(chunk);
  }

  /** Sets the ranges that the server reported. Unconfirmed bytes outside of them no longer count. */
  heldByServer(held: readonly ByteRange[], now: number): void {
    this.#held = held;
    for (const chunk of this.#unconfirmed) this.#drop(chunk);
    this.#count(now);
  }

  /** Only acknowledged bytes count. Call it when no request is running and the server's state is unknown. */
  dropUnconfirmed(now: number): void {
    this.heldByServer(this.#held, now);
  }

  /** Restarts the stall time: a wait for something other than the network is not a stall. */
  restartStallTimer(now: number): void {
    this.#progressAt = now;
  }

  /** Whether bytes await an acknowledgement and nothing was sent for `STALLED_AFTER_MS`. */
  isStalled(now: number): boolean {
    return this.#inFlight.size > 0 && now - this.#progressAt >= STALLED_AFTER_MS;
  }

  #drop(chunk: number): void {
    this.#inFlight.delete(chunk);
    this.#unconfirmed.delete(chunk);
  }

  #count(now: number): void {
    // Ranges, not numbers: the server may already have committed a part of a running request.
    const sent = totalLength([...this.#inFlight.values()].reduce(addRange, this.#held));
    const acknowledged = totalLength(this.#held);
    if (sent > this.sent) this.#progressAt = now;
    if (sent >= this.#peak) this.setback = null;
    else if (sent < this.sent) this.setback = this.#setback(sent, acknowledged);
    this.#peak = Math.max(this.#peak, sent);
    this.sent = sent;
    this.acknowledged = acknowledged;
  }

  #setback(sent: number, acknowledged: number): UploadSetback {
    const reason = acknowledged < this.acknowledged ? "not-kept" : "not-received";
    return { bytes: this.#peak - sent, reason };
  }
}

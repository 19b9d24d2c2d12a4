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

/** Which bytes of one upload the server has, and which are on their way. Times are milliseconds. */
export class TransferProgress {
  #held: readonly ByteRange[] = [];
  /** What each running request has sent so far, by its chunk. */
  readonly #onWay = new Map<number, ByteRange>();
  /** Chunks whose request ended without an acknowledgement: the server may have some of their bytes. */
  readonly #unconfirmed = new Set<number>();
  #peak = 0;
  #movedAt = 0;
  sent = 0;
  acknowledged = 0;
  setback: UploadSetback | null = null;

  /** Whether a request is running that may still be acknowledged. */
  get isSending(): boolean {
    return this.#onWay.size > this.#unconfirmed.size;
  }

  /** The request for `chunk` has sent `range` so far. */
  onWay(chunk: number, range: ByteRange, now: number): void {
    if (this.#onWay.size === 0) this.#movedAt = now;
    this.#unconfirmed.delete(chunk);
    this.#onWay.set(chunk, range);
    this.#count(now);
  }

  /** The server has acknowledged `range`, sent as `chunk`. */
  confirmed(chunk: number, range: ByteRange, now: number): void {
    this.#drop(chunk);
    this.#held = addRange(this.#held, range);
    this.#count(now);
  }

  /** The request for `chunk` ended without an acknowledgement. Its bytes count until the next `answered`. */
  unconfirmed(chunk: number): void {
    if (this.#onWay.has(chunk)) this.#unconfirmed.add(chunk);
  }

  /** The server has `held` and nothing else of what was sent before it was asked. */
  answered(held: readonly ByteRange[], now: number): void {
    this.#held = held;
    for (const chunk of this.#unconfirmed) this.#drop(chunk);
    this.#count(now);
  }

  /** No request is running and the server was not asked: only what it acknowledged counts. */
  dropUnconfirmed(now: number): void {
    this.answered(this.#held, now);
  }

  /** Time spent waiting for something else than the network does not count as a stall. */
  restartStallTimer(now: number): void {
    this.#movedAt = now;
  }

  /** Whether bytes await an acknowledgement and nothing has moved for `STALLED_AFTER_MS`. */
  isStalled(now: number): boolean {
    return this.#onWay.size > 0 && now - this.#movedAt >= STALLED_AFTER_MS;
  }

  #drop(chunk: number): void {
    this.#onWay.delete(chunk);
    this.#unconfirmed.delete(chunk);
  }

  #count(now: number): void {
    // Ranges, not numbers: the server may already have committed a part of a running request.
    const sent = totalLength([...this.#onWay.values()].reduce(addRange, this.#held));
    const acknowledged = totalLength(this.#held);
    if (sent > this.sent) this.#movedAt = now;
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

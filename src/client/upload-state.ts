import type { ByteRange } from "../core/ranges.ts";
import { notify } from "./notify.ts";
import type { ClientClock, Release } from "./runtime.ts";
import type { UploadHold, UploadSnapshot } from "./snapshot.ts";
import { Speedometer } from "./speed.ts";
import { TransferProgress } from "./transfer-progress.ts";

/** The shortest interval between published progress, in milliseconds. Other changes are published at once. */
const PUBLISH_MS = 150;

type Settable = Pick<UploadSnapshot, "phase" | "failure" | "view" | "resumedFrom">;

/** The state of one upload and its subscribers. */
export class UploadState {
  readonly #clock: ClientClock;
  readonly #listeners = new Set<() => void>();
  readonly #speedometer = new Speedometer();
  readonly #progress = new TransferProgress();
  readonly #holds: UploadHold[] = [];
  #digested = 0;
  #publishedAt = Number.NEGATIVE_INFINITY;
  #snapshot: UploadSnapshot;

  constructor(file: { filename: string; path: string; size: number | null }, clock: ClientClock) {
    this.#clock = clock;
    this.#snapshot = {
      phase: "waiting",
      hold: null,
      filename: file.filename,
      path: file.path,
      size: file.size,
      sent: 0,
      acknowledged: 0,
      setback: null,
      digested: 0,
      resumedFrom: 0,
      speed: null,
      secondsLeft: null,
      failure: null,
      view: null,
    };
  }

  /** The same object until something changes. */
  get snapshot(): UploadSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): Release {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(changes: Partial<Settable>): void {
    if (changes.phase !== undefined && changes.phase !== this.#snapshot.phase)
      this.#restartMeasurements();
    this.#publish(changes);
  }

  /** Shows why the upload waits, until the returned function is called. */
  hold(hold: UploadHold): Release {
    this.#holds.push(hold);
    this.#publish({});
    return () => {
      this.#holds.splice(this.#holds.indexOf(hold), 1);
      this.#restartMeasurements();
      this.#publish({});
    };
  }

  /** The running request for `chunk` has sent `range` so far. */
  inFlight(chunk: number, range: ByteRange): void {
    this.#progress.inFlight(chunk, range, this.#clock.now());
    this.#publishSoon();
  }

  /** The server has acknowledged `range`, sent as `chunk`. */
  confirmed(chunk: number, range: ByteRange): void {
    this.#progress.confirmed(chunk, range, this.#clock.now());
    this.#publishSoon();
  }

  /** The request for `chunk` ended without an acknowledgement: its bytes count until the next `heldByServer`. */
  unconfirmed(chunk: number): void {
    this.#progress.unconfirmed(chunk);
  }

  /** Sets the ranges that the server reported. Unconfirmed bytes outside of them no longer count. */
  heldByServer(held: readonly ByteRange[], changes: Partial<Settable> = {}): void {
    this.#progress.heldByServer(held, this.#clock.now());
    this.#publish(changes);
  }

  /** Only acknowledged bytes count, since the state of the others is unknown. */
  dropUnconfirmed(): void {
    this.#progress.dropUnconfirmed(this.#clock.now());
    this.#publish({});
  }

  /** The stream ended after `bytes` bytes. */
  sized(bytes: number): void {
    this.#snapshot = { ...this.#snapshot, size: bytes };
    this.#publish({});
  }

  digested(bytes: number): void {
    this.#digested = bytes;
    this.#publishSoon();
  }

  /** Publishes the state again, so that a stall becomes visible. */
  tick(): void {
    this.#publish({});
  }

  /** Measurements from before a wait are not valid after it. */
  #restartMeasurements(): void {
    this.#speedometer.reset();
    this.#progress.restartStallTimer(this.#clock.now());
  }

  #publishSoon(): void {
    if (this.#clock.now() - this.#publishedAt >= PUBLISH_MS) this.#publish({});
  }

  #publish(changes: Partial<Settable>): void {
    const now = this.#clock.now();
    this.#publishedAt = now;
    const { sent, acknowledged, setback } = this.#progress;
    const phase = changes.phase ?? this.#snapshot.phase;
    const hold = this.#hold(phase, now);
    if (hold !== null) this.#speedometer.reset();
    else if (phase === "uploading") this.#speedometer.sample(sent, now);
    const { size } = this.#snapshot;
    this.#snapshot = {
      ...this.#snapshot,
      ...changes,
      hold,
      sent,
      acknowledged,
      setback,
      digested: this.#digested,
      speed: this.#speedometer.speed,
      secondsLeft: size === null ? null : this.#speedometer.secondsFor(size - sent),
    };
    for (const listener of this.#listeners) notify(listener);
  }

  /** `retrying` is a hold only if no other chunk is being sent. */
  #hold(phase: UploadSnapshot["phase"], now: number): UploadHold | null {
    const other = this.#holds.find((hold) => hold !== "retrying");
    if (other !== undefined) return other;
    if (this.#holds.length > 0 && !this.#progress.isSending) return "retrying";
    return phase === "uploading" && this.#progress.isStalled(now) ? "stalled" : null;
  }
}

import type { ClientClock, Release } from "./runtime.ts";
import type { UploadHold, UploadSnapshot } from "./snapshot.ts";
import { Speedometer } from "./speed.ts";

/** Listeners hear of moving bytes no more often than this; of anything else at once. */
const QUIET_MS = 150;

type Settable = Pick<UploadSnapshot, "phase" | "failure" | "view" | "resumedFrom">;

/** What is known of one upload, and who wants to hear of it. */
export class UploadState {
  readonly #clock: ClientClock;
  readonly #listeners = new Set<() => void>();
  readonly #speedometer = new Speedometer();
  /** Bytes on the way, by chunk. */
  readonly #onWay = new Map<number, number>();
  readonly #holds: UploadHold[] = [];
  #acknowledged = 0;
  #digested = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
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
    if (changes.phase !== undefined && changes.phase !== this.#snapshot.phase) {
      this.#speedometer.reset();
    }
    this.#publish(changes);
  }

  /** Says why nothing moves, until the answer is called. */
  hold(hold: UploadHold): Release {
    this.#holds.push(hold);
    this.#speedometer.reset();
    this.#publish({});
    return () => {
      this.#holds.splice(this.#holds.indexOf(hold), 1);
      this.#publish({});
    };
  }

  /** `bytes` of `chunk` are on the way; null: it is over, whatever became of it. */
  onWay(chunk: number, bytes: number | null): void {
    if (bytes === null) this.#onWay.delete(chunk);
    else this.#onWay.set(chunk, bytes);
    this.#whisper();
  }

  /** A stream has come to its end after `bytes`. */
  sized(bytes: number): void {
    this.#snapshot = { ...this.#snapshot, size: bytes };
    this.#publish({});
  }

  acknowledged(bytes: number): void {
    this.#acknowledged = bytes;
    this.#whisper();
  }

  digested(bytes: number): void {
    this.#digested = bytes;
    this.#whisper();
  }

  /** Looks at the clock again, so that a standstill shows. */
  tick(): void {
    this.#publish({});
  }

  #whisper(): void {
    if (this.#clock.now() - this.#heardAt >= QUIET_MS) this.#publish({});
  }

  #publish(changes: Partial<Settable>): void {
    const now = this.#clock.now();
    this.#heardAt = now;
    const { size } = this.#snapshot;
    const onWay = [...this.#onWay.values()].reduce((sum, bytes) => sum + bytes, 0);
    const sent = Math.min(size ?? Number.POSITIVE_INFINITY, this.#acknowledged + onWay);
    const phase = changes.phase ?? this.#snapshot.phase;
    if (phase === "uploading") this.#speedometer.sample(sent, now);
    this.#snapshot = {
      ...this.#snapshot,
      ...changes,
      hold: this.#hold(),
      sent,
      acknowledged: this.#acknowledged,
      digested: this.#digested,
      speed: this.#speedometer.speed,
      secondsLeft: size === null ? null : this.#speedometer.secondsFor(size - sent),
    };
    for (const listener of this.#listeners) tell(listener);
  }

  /** One lane that tries again is no standstill while the others send. */
  #hold(): UploadHold | null {
    const graver = this.#holds.find((hold) => hold !== "retrying");
    if (graver !== undefined) return graver;
    return this.#holds.length > 0 && this.#onWay.size === 0 ? "retrying" : null;
  }
}

/** What a listener throws is its owner's fault and told as such: no upload may fail by it, or never end. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else
      queueMicrotask(() => {
        throw error;
      });
  }
}

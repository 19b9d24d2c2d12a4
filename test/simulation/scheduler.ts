import type { Clock } from "../../src/core/ports/system.ts";
import type { Chance } from "../support/random-file.ts";

/** A simulated process. Once dead, none of its waits ever ends: it stopped at some await. */
export class Process {
  readonly name: string;
  /** Resolves when the process dies. */
  readonly died: Promise<void>;
  isAlive = true;
  /** Until then it stands still, as after SIGSTOP or in a long pause of the machine. */
  pausedUntil = 0;
  /** Until then it cannot reach the database. */
  isolatedUntil = 0;
  /** When the last pause began. Virtual milliseconds. */
  wasPausedAt = Number.NEGATIVE_INFINITY;
  /** The labels of the awaits at which it waits. */
  readonly waits = new Set<string>();
  #die: () => void = () => {};

  constructor(name: string) {
    this.name = name;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  isPaused(now: number): boolean {
    return this.pausedUntil > now;
  }

  kill(): void {
    this.isAlive = false;
    this.#die();
  }
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly process: Process;
  readonly fire: () => void;
}

/**
 * Runs all simulated processes one event at a time, in an order that follows from the seed alone.
 * Virtual time passes only between events.
 */
export class Scheduler {
  readonly chance: Chance;
  /** Virtual time in milliseconds since 1970. */
  now = Date.parse("2026-03-04T06:00:00.000Z");
  steps = 0;
  #events: Event[] = [];
  #order = 0;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  /** Ends after a random time of at most `most` milliseconds; never, once the process is dead. */
  step(process: Process, most = 20): Promise<void> {
    return new Promise((fire) => this.#add(process, this.chance.next() * most, fire));
  }

  /** A process's clock, `skewMs` ahead of true time. */
  clock(process: Process, skewMs: number): Clock {
    return {
      now: () => new Date(this.now + skewMs),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const wake = () => {
            signal?.removeEventListener("abort", wake);
            resolve();
          };
          this.#add(process, ms, wake);
          signal?.addEventListener("abort", wake);
        }),
      turn: () => this.step(process, 1),
    };
  }

  /** Runs events until `isOver`, or until nothing is left to happen. Returns whether it is over. */
  async run(isOver: () => boolean, mostSteps: number): Promise<boolean> {
    for (let left = mostSteps; left > 0; left -= 1) {
      await microtasksDone();
      if (isOver()) return true;
      const event = this.#pop();
      if (event === undefined) return isOver();
      if (event.process.pausedUntil > event.at) {
        this.#add(event.process, event.process.pausedUntil - this.now, event.fire);
        continue;
      }
      this.now = Math.max(this.now, event.at);
      this.steps += 1;
      event.fire();
    }
    return false;
  }

  #add(process: Process, delay: number, fire: () => void): void {
    this.#order += 1;
    const event = { at: this.now + delay, order: this.#order, process, fire };
    let at = this.#events.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, this.#events[parent])) break;
      this.#events[at] = this.#events[parent] as Event;
      at = parent;
    }
    this.#events[at] = event;
  }

  #pop(): Event | undefined {
    for (;;) {
      const first = this.#events[0];
      const last = this.#events.pop();
      if (first === undefined || last === undefined) return undefined;
      if (this.#events.length > 0) this.#sink(last);
      if (first.process.isAlive) return first;
    }
  }

  #sink(event: Event): void {
    const events = this.#events;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && isBefore(events[child + 1] as Event, events[child])) {
        child += 1;
      }
      if (!isBefore(events[child] as Event, event)) break;
      events[at] = events[child] as Event;
      at = child;
    }
    events[at] = event;
  }
}

function isBefore(event: Event, other: Event | undefined): boolean {
  if (other === undefined) return false;
  return event.at < other.at || (event.at === other.at && event.order < other.order);
}

/** Node runs all pending promise jobs before it runs an immediate. */
function microtasksDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

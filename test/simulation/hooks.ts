import { defineProfiles, type Profiles, profile } from "../../src/core/profiles.ts";
import type { FaultRates } from "./faults.ts";
import { Violation } from "./invariants.ts";
import type { Process, Scheduler } from "./scheduler.ts";

interface Run {
  readonly process: Process;
  readonly startedAt: number;
}

/** The `onComplete` of all instances: what it was told, and whether two ran at the same time. */
export class Hooks {
  /** How often a run succeeded, by upload. */
  readonly delivered = new Map<string, number>();
  readonly #scheduler: Scheduler;
  readonly #rates: () => FaultRates;
  readonly #report: (violation: Violation) => void;
  readonly #running = new Map<string, Run>();

  constructor(
    scheduler: Scheduler,
    rates: () => FaultRates,
    report: (violation: Violation) => void,
  ) {
    this.#scheduler = scheduler;
    this.#rates = rates;
    this.#report = report;
  }

  profilesOf(process: Process): Profiles {
    const onComplete = async ({ upload }: { upload: { id: string; finished: boolean } }) => {
      this.#begin(upload.id, process);
      const { chance } = this.#scheduler;
      await this.#scheduler.step(process, chance.next() < 0.2 ? 200_000 : 2_000);
      this.#running.delete(upload.id);
      if (chance.next() < this.#rates().storeBefore) throw new Error("simulated: onComplete");
      this.delivered.set(upload.id, (this.delivered.get(upload.id) ?? 0) + 1);
      return { seen: upload.id };
    };
    return defineProfiles({ default: profile({ onComplete }) });
  }

  /** A second run is allowed only where the first one's instance could not keep its lease. */
  #begin(id: string, process: Process): void {
    const other = this.#running.get(id);
    const startedAt = this.#scheduler.now;
    this.#running.set(id, { process, startedAt });
    if (other === undefined || !other.process.isAlive || other.process === process) return;
    const { databaseBefore, databaseAfter } = this.#rates();
    const couldRenew =
      databaseBefore + databaseAfter === 0 && other.process.wasPausedAt < other.startedAt;
    if (couldRenew && !other.process.isPaused(startedAt))
      this.#report(new Violation(`onComplete of ${id} runs twice at the same time`));
  }
}

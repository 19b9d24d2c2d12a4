import { exclusively } from "../core/exclusive.ts";
import type { Claims } from "../core/ports/claims.ts";
import type { Leases } from "../core/ports/leases.ts";
import type { Clock, Ids, Logger } from "../core/ports/system.ts";
import type { StrayReport } from "../core/requests.ts";
import type { UploadCore } from "../core/upload-service.ts";
import { whenDue } from "./when-due.ts";

const DELIVERY_MS = 2_000;
/** What a failure kept from its end is tried again so often. */
const FINISH_MS = 60_000;
/** The first sweep comes soon after a start: a process that restarts often must sweep too. */
const FIRST_SWEEP_MS = 30_000;
/** The whole store is searched for orphans this often, by one of all instances. */
const ORPHAN_SEARCH_MS = 24 * 60 * 60_000;
/** Statistics of the database's tables are brought up to date this often. */
const OPTIMIZE_MS = 60 * 60_000;
/** How long the right to sweep outlives an instance that dies while it has it. */
const SWEEP_LEASE_MS = 2 * 60_000;

export interface BackgroundOptions {
  readonly core: Pick<UploadCore, "administration" | "housekeeping">;
  readonly leases: Leases;
  /** Computes again what search looks at, where an older version wrote it; returns how many records changed. */
  readonly refold: (signal: AbortSignal) => Promise<number>;
  /** Null where this process alone owns the records. */
  readonly claims: Claims | null;
  readonly ids: Ids;
  /** Brings the database's statistics of its tables up to date. */
  readonly optimize: () => Promise<void>;
  /** Milliseconds; null: no sweeping. */
  readonly sweepIntervalMs: number | null;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the server does by itself, until stopped. */
export interface Background {
  /** Starts nothing new. Resolves when the running work has ended; a sweep stops early. */
  stop(): Promise<void>;
}

/** Sweeps, delivers and finishes at their intervals; a turn begins only when the one before has ended. */
export function startBackground(options: BackgroundOptions): Background {
  const { core, clock, log, sweepIntervalMs } = options;
  const stopping = new AbortController();

  async function repeat(
    name: string,
    timing: { firstMs: number; everyMs: number },
    turn: () => Promise<void>,
  ) {
    let wait = timing.firstMs;
    while (!stopping.signal.aborted) {
      await clock.sleep(wait, stopping.signal);
      if (stopping.signal.aborted) return;
      await turn().catch((error: unknown) =>
        log.error({ err: error }, `${name} failed; it will be tried again`),
      );
      wait = timing.everyMs;
    }
  }

  let isFolded = false;
  const loops = [
    repeat("Folding names for search", { firstMs: 0, everyMs: FINISH_MS }, async () => {
      if (isFolded) return;
      const records = await options.refold(stopping.signal);
      if (records > 0) log.info({ records }, "Folded names for search again");
      isFolded = true;
    }),
    repeat("Delivering completions", { firstMs: DELIVERY_MS, everyMs: DELIVERY_MS }, () =>
      core.housekeeping.deliverDue(),
    ),
    repeat("Finishing uploads", { firstMs: 0, everyMs: FINISH_MS }, () =>
      core.housekeeping.completeReady(stopping.signal),
    ),
  ];
  const optimizing = { firstMs: OPTIMIZE_MS, everyMs: OPTIMIZE_MS };
  loops.push(repeat("Analysing the tables", optimizing, () => options.optimize()));
  const strays = new StrayLog(log);
  loops.push(reportStrays(options, { strays, signal: stopping.signal }));
  if (sweepIntervalMs !== null) {
    const timing = { firstMs: Math.min(sweepIntervalMs, FIRST_SWEEP_MS), everyMs: sweepIntervalMs };
    const turn = () => sweepOnce(options, { strays, signal: stopping.signal });
    loops.push(repeat("Sweeping", timing, turn));
  }
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** One sweep, unless another instance is sweeping. It stops early if its lease is lost. */
async function sweepOnce(
  options: BackgroundOptions,
  { strays, signal: stopping }: { signal: AbortSignal; strays: StrayLog },
): Promise<void> {
  const { core, log } = options;
  await exclusively(options, { name: "sweep", leaseMs: SWEEP_LEASE_MS }, async (lost) => {
    const signal = AbortSignal.any([stopping, lost]);
    const search = {
      ...{ name: "search for orphans", everyMs: ORPHAN_SEARCH_MS },
      isComplete: () => !signal.aborted,
    };
    await whenDue(options, search, async (orphans) => {
      const found = await core.administration.sweep({ orphans, signal });
      const { files, records, bytes } = found;
      if (files + records > 0) log.info({ files, records, bytes }, "Swept expired uploads");
      if (orphans) strays.tell({ count: found.strays.length, examples: found.strays.slice(0, 20) });
    });
  });
}

/** The search at the start: for a large store it takes a while, and nothing waits for it. */
async function reportStrays(
  { core, log }: BackgroundOptions,
  { strays, signal }: { strays: StrayLog; signal: AbortSignal },
): Promise<void> {
  try {
    const found = await core.housekeeping.strays(signal);
    if (!signal.aborted) strays.tell(found);
  } catch (error) {
    log.error({ err: error }, "The search for finished files without a record failed");
  }
}

/** Logs the number of finished files without a record, each time that it is another one. */
class StrayLog {
  readonly #log: Logger;
  #told = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  tell({ count, examples }: StrayReport): void {
    if (count > 0 && count !== this.#told) {
      this.#log.warn({ count, examples }, "Finished files without a record");
    }
    this.#told = count;
  }
}

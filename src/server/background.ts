import type { Leases } from "../core/ports/leases.ts";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { UploadCore } from "../core/upload-service.ts";

const DELIVERY_MS = 2_000;
/** What a failure kept from its end is tried again so often. */
const FINISH_MS = 60_000;
/** The first sweep comes soon after a start: a process that restarts often must sweep too. */
const FIRST_SWEEP_MS = 30_000;
/** The whole store is searched for orphans at the first sweep, and then this often. */
const ORPHAN_SEARCH_MS = 24 * 60 * 60_000;
/** How long the right to sweep outlives an instance that dies while it has it. */
const SWEEP_LEASE_MS = 10 * 60_000;
const LEASE = "sweep";

export interface BackgroundOptions {
  readonly core: Pick<UploadCore, "administration" | "housekeeping">;
  readonly leases: Leases;
  /** Names this instance among those that share the records. */
  readonly holder: string;
  /** Milliseconds; null: no sweeping. */
  readonly sweepIntervalMs: number | null;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the server does by itself, until stopped. */
export interface Background {
  /** Starts nothing new and resolves when what runs has ended; a sweep ends where it is. */
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

  const loops = [
    repeat("Delivering completions", { firstMs: DELIVERY_MS, everyMs: DELIVERY_MS }, () =>
      core.housekeeping.deliverDue(),
    ),
    repeat("Finishing uploads", { firstMs: 0, everyMs: FINISH_MS }, () =>
      core.housekeeping.finishRipe(stopping.signal),
    ),
  ];
  if (sweepIntervalMs !== null) {
    const timing = { firstMs: Math.min(sweepIntervalMs, FIRST_SWEEP_MS), everyMs: sweepIntervalMs };
    let searchAt = 0;
    loops.push(
      repeat("Sweeping", timing, async () => {
        const now = clock.now().getTime();
        const orphans = now >= searchAt;
        if (orphans) searchAt = now + ORPHAN_SEARCH_MS;
        await sweepOnce(options, { orphans, signal: stopping.signal });
      }),
    );
  }
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** One sweep, unless another instance is at it. */
async function sweepOnce(
  options: BackgroundOptions,
  sweep: { orphans: boolean; signal: AbortSignal },
): Promise<void> {
  const { core, leases, holder, clock, log } = options;
  const now = clock.now();
  const until = new Date(now.getTime() + SWEEP_LEASE_MS);
  if (!(await leases.acquire(LEASE, { holder, now, until }))) return;
  try {
    const { files, records, bytes, strays } = await core.administration.sweep(sweep);
    if (files + records > 0) log.info({ files, records, bytes }, "Swept expired uploads");
    if (strays.length > 0) {
      log.warn(
        { strays: strays.slice(0, 20), count: strays.length },
        "Finished files without a record",
      );
    }
  } finally {
    await leases.release(LEASE, holder);
  }
}

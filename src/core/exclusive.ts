import { UploadError } from "./errors.ts";
import type { Claims } from "./ports/claims.ts";
import type { Leases } from "./ports/leases.ts";
import type { Clock, Ids } from "./ports/system.ts";
import { COMPLETE_WAIT_MS, LEASE_MS } from "./settings.ts";

/** How often another instance's turn is looked at, in ms. */
const LOOK_MS = 100;

interface Tools {
  /** Null where one process owns the records: it needs no lease. */
  readonly claims: Claims | null;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The result of work that only one instance does at a time; `done` is false if another instance is doing it. */
export type Exclusive<T> = { readonly done: true; readonly result: T } | { readonly done: false };

/**
 * Runs `work` while this call has the lease `name`, which is renewed every third of `leaseMs`
 * (milliseconds). `lost` aborts if the lease could not be renewed: another instance may have it then.
 */
export async function exclusively<T>(
  { claims, leases, clock, ids }: Tools,
  ask: { name: string; leaseMs?: number },
  work: (lost: AbortSignal) => Promise<T>,
): Promise<Exclusive<T>> {
  const { name, leaseMs = LEASE_MS } = ask;
  if (claims === null) return { done: true, result: await work(new AbortController().signal) };
  const holder = ids.newId();
  const acquire = () => {
    const now = clock.now();
    return leases.acquire(name, { holder, now, until: new Date(now.getTime() + leaseMs) });
  };
  if (!(await acquire())) return { done: false };
  const ended = new AbortController();
  const lost = new AbortController();
  const renewal = keepRenewing({ clock, leaseMs, acquire, ended: ended.signal }).then((isKept) => {
    if (!isKept) lost.abort();
  });
  try {
    return { done: true, result: await work(lost.signal) };
  } finally {
    ended.abort();
    await renewal;
    // A lease that stays behind runs out by itself: failing to release it must not fail the work.
    await leases.release(name, holder).catch(() => undefined);
  }
}

/** As `exclusively`, and waits for another instance's turn to end: BUSY when that takes too long. */
export async function inTurn<T>(tools: Tools, name: string, work: () => Promise<T>): Promise<T> {
  const deadline = tools.clock.now().getTime() + COMPLETE_WAIT_MS;
  for (;;) {
    const turn = await exclusively(tools, { name }, work);
    if (turn.done) return turn.result;
    if (tools.clock.now().getTime() >= deadline)
      throw new UploadError("BUSY", { retryAfterMs: 1_000 });
    await tools.clock.sleep(LOOK_MS);
  }
}

/** Resolves to true when the work has ended, to false when the lease is lost. */
async function keepRenewing(lease: {
  clock: Clock;
  leaseMs: number;
  acquire: () => Promise<boolean>;
  ended: AbortSignal;
}): Promise<boolean> {
  const { clock, leaseMs, acquire, ended } = lease;
  let renewedAt = clock.now().getTime();
  for (;;) {
    await clock.sleep(leaseMs / 3, ended);
    if (ended.aborted) return true;
    const at = clock.now().getTime();
    const isOurs = await acquire().catch(() => null);
    if (isOurs === true) renewedAt = at;
    else if (isOurs === false || clock.now().getTime() - renewedAt >= leaseMs) return false;
  }
}

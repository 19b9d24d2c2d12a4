import type { Leases } from "../core/ports/leases.ts";
import type { Clock, Ids } from "../core/ports/system.ts";

/**
 * Runs `work` if no instance has completed it within the last `everyMs` (milliseconds), and passes whether
 * it is due. A run that throws or is not complete does not count: the next call tries again. The lease `name`
 * records the last complete run, so that restarts and further instances do not add runs. The caller
 * makes sure that no two instances call it at the same time.
 */
export async function whenDue<T>(
  { leases, clock, ids }: { leases: Leases; clock: Clock; ids: Ids },
  ask: { name: string; everyMs: number; isComplete: () => boolean },
  work: (isDue: boolean) => Promise<T>,
): Promise<T> {
  const holder = ids.newId();
  const now = clock.now();
  const isDue = await leases.acquire(ask.name, { holder, now, until: now });
  const result = await work(isDue);
  if (isDue && ask.isComplete()) {
    const until = new Date(now.getTime() + ask.everyMs);
    await leases.acquire(ask.name, { holder, now: clock.now(), until });
  }
  return result;
}

import type { FailureCounts, Failures } from "../../core/ports/failure-counts.ts";
import type { Clock } from "../../core/ports/system.ts";

/** Keys remembered at most; the oldest window is forgotten first. */
const MOST_KEYS = 50_000;

/** Counts in the memory of one process. */
export function createMemoryFailureCounts(clock: Pick<Clock, "now">): FailureCounts {
  /** In the order in which their windows began. */
  const windows = new Map<string, { count: number; endsAt: number }>();

  function forget(now: number): void {
    for (const [key, { endsAt }] of windows) {
      if (endsAt > now && windows.size <= MOST_KEYS) return;
      windows.delete(key);
    }
  }

  function addOne(key: string, windowMs: number): Failures {
    const now = clock.now().getTime();
    forget(now);
    const known = windows.get(key);
    const window =
      known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + windowMs };
    window.count += 1;
    windows.set(key, window);
    return { count: window.count, remainingMs: window.endsAt - now };
  }

  return {
    add: async (keys, windowMs) => keys.map((key) => addOne(key, windowMs)),
    async takeBack(keys) {
      for (const key of keys) {
        const known = windows.get(key);
        if (known !== undefined) known.count = Math.max(0, known.count - 1);
      }
    },
    async clear(key) {
      windows.delete(key);
    },
  };
}

import type { Clock } from "../../core/ports/system.ts";

/** The longest time that a timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, MAX_TIMER_MS));
      timer.unref();
      signal?.addEventListener("abort", wake, { once: true });
    }),
  // Set within a timer, it runs after the poll that follows the timers.
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

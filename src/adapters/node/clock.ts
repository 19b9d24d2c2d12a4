import type { Clock } from "../../core/ports/system.ts";

/** The maximum delay of a timer; a longer one would fire immediately. */
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
  // In a timer's callback, `setImmediate` runs after the poll phase that follows the timers.
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

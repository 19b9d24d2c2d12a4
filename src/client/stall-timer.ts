/** Time for bytes and responses that arrived during a suspension to be delivered, in milliseconds. */
const GRACE_MS = 1_000;

/** Tells a stalled exchange from a slow one. */
export interface StallTimer {
  /** Progress: the time begins again. */
  alive(): void;
  /** The exchange is over. */
  end(): void;
}

/**
 * Calls `onStall` after `ms` milliseconds without progress, and a grace of at most one second. When
 * our process was suspended, timers fire before the network is read: progress that is delivered
 * during the grace counts. The server has the same rule (`server/idle.ts`).
 */
export function startStallTimer(ms: number, onStall: () => void): StallTimer {
  let timer: ReturnType<typeof setTimeout>;
  const end = () => clearTimeout(timer);
  const alive = () => {
    end();
    timer = setTimeout(() => {
      timer = setTimeout(onStall, Math.min(ms, GRACE_MS));
    }, ms);
  };
  alive();
  return { alive, end };
}

import type { Server } from "node:http";
import type { Clock, Logger } from "../core/ports/system.ts";

/** At most one warning in this time: a flood of connections must not become a flood of lines. */
const QUIET_MS = 60_000;

/** Warns when `server` closes connections because it has as many as `maxConnections` allows. */
export function warnOfDrops(
  server: Server,
  { maxConnections, clock, log }: { maxConnections: number; clock: Clock; log: Logger },
): void {
  let dropped = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;
  server.on("drop", () => {
    dropped += 1;
    const now = clock.now().getTime();
    if (now - warnedAt < QUIET_MS) return;
    log.warn({ dropped, maxConnections }, "Connections were closed: MAX_CONNECTIONS is reached");
    warnedAt = now;
    dropped = 0;
  });
}

import type { Server } from "node:http";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Application } from "./application.ts";

/** How long running bodies may continue after the signal, and responses after that. Milliseconds. */
const DRAIN_MS = 10_000;
const ANSWER_MS = 2_000;

/** What has to be ended, in this order: server, bodies, Next, application. */
export interface Running {
  readonly server: Server;
  readonly application: Pick<Application, "drain" | "close">;
  readonly closePages: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Ends a running server: accepts nothing more, lets running bodies end for a while and keeps the
 * prefixes of the rest, gives their answers time to leave, and lets everything go.
 */
export async function shutDown({
  server,
  application,
  closePages,
  clock,
  log,
}: Running): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await application
    .drain(DRAIN_MS)
    .catch((error: unknown) => log.error({ err: error }, "Draining failed"));
  server.closeIdleConnections();
  await Promise.race([closed, clock.sleep(ANSWER_MS)]);
  server.closeAllConnections();
  await closePages().catch((error: unknown) => log.error({ err: error }, "Closing Next failed"));
  await application.close();
}

/** Ends the process by `stop` on the first SIGTERM or SIGINT, at once on the second. */
export function endOnSignals(stop: () => Promise<void>, log: Logger): void {
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    signals += 1;
    if (signals > 1) process.exit(1);
    log.info({ signal }, "Stopping; a second signal stops at once");
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "Stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

import { createHttpServer, type HttpServerOptions } from "../../src/server/http-server.ts";
import type { BootedApp } from "./boot-app.ts";
import { listenOnLoopback } from "./listen-on-loopback.ts";
import { type LogEntry, recordingLog } from "./recording-log.ts";

export interface SecondServer extends AsyncDisposable {
  readonly url: string;
  readonly entries: LogEntry[];
}

/** A second HTTP server over a booted application, with a log that is kept and options of its own. */
export async function httpServerOver(
  app: BootedApp,
  options: Partial<HttpServerOptions> = {},
): Promise<SecondServer> {
  const log = recordingLog();
  const { environment, clock, doorAt } = app.application;
  const server = createHttpServer({
    doorAt,
    fallback: async (_request, response) => void response.writeHead(404).end(),
    trustedProxies: [],
    config: { publicUrl: environment.publicUrl, corsOrigins: [] },
    idleTimeoutMs: environment.core.idleTimeoutMs,
    maxConnections: 1_000,
    clock,
    log,
    ...options,
  });
  return { ...(await listenOnLoopback(server)), entries: log.entries };
}

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createHttpServer, type HttpServerOptions } from "../../src/server/http-server.ts";
import type { BootedApp } from "./boot-app.ts";
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
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries: log.entries,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

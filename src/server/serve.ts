import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer, type Server as SocketServer } from "node:net";
import type { Application } from "./application.ts";
import { createHttpServer } from "./http-server.ts";
import { StartError } from "./start-error.ts";

/** Responds to requests for which there is no door. */
export type Fallback = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The HTTP server over an application, not yet listening. */
export function serverOver(application: Application, fallback: Fallback): Server {
  const { environment, clock, log } = application;
  return createHttpServer({
    doorAt: application.doorAt,
    fallback,
    trustedProxies: environment.trustedProxies,
    config: { publicUrl: environment.publicUrl, corsOrigins: environment.corsOrigins },
    maxConnections: environment.maxConnections,
    idleTimeoutMs: environment.core.idleTimeoutMs,
    clock,
    log,
  });
}

/** Listens, and returns the address. Throws a `StartError` when the port cannot be used. */
export function listen(
  server: SocketServer,
  { host, port }: { host: string; port: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, { host, port })));
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      const bound = server.address();
      const actual = typeof bound === "object" && bound !== null ? bound.port : port;
      resolve(`http://${host.includes(":") ? `[${host}]` : host}:${actual}`);
    });
  });
}

/**
 * Throws a `StartError` when the port cannot be used at this moment: asked before anything that
 * takes long or is remembered. Port 0 is always free.
 */
export async function requireFreePort(at: { host: string; port: number }): Promise<void> {
  if (at.port === 0) return;
  const probe = createServer();
  await listen(probe, at);
  await new Promise((resolve) => probe.close(resolve));
}

function explain(error: NodeJS.ErrnoException, at: { host: string; port: number }): StartError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${at.port} is in use. Stop what listens there, or set PORT to another one.`,
    EACCES: `Port ${at.port} may not be used by this user. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `HOST ${at.host} is no address of this machine.`,
    ENOTFOUND: `HOST ${at.host} is not known.`,
  };
  return new StartError(reasons[error.code ?? ""] ?? `The server cannot listen: ${error.message}`, {
    cause: error,
  });
}

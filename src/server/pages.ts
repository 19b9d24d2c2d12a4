import { createServer } from "node:http";
import type { Environment } from "../env.ts";
import type { Fallback } from "./serve.ts";

/** The pages, served by Next in this process. */
export interface Pages {
  readonly answer: Fallback;
  close(): Promise<void>;
}

/** Opens the built pages. Next is loaded here and no earlier: it reads the environment as it loads. */
export async function openPages(environment: Environment): Promise<Pages> {
  const { default: next } = await import("next");
  const app = next({
    dev: false,
    dir: process.cwd(),
    hostname: environment.host,
    port: environment.port,
    // Next would listen for upgrades on the server whose requests it is handed. Those that offer
    // one (curl --http2 does) must reach the doors; a server that never listens takes its place.
    httpServer: createServer(),
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { answer: (request, response) => handle(request, response), close: () => app.close() };
}

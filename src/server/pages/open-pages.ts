import { createServer } from "node:http";
import path from "node:path";
import type { Environment } from "../../env.ts";
import type { Fallback } from "../serve.ts";
import { createFrontOfPages } from "./front-of-pages.ts";
import { readPagePaths } from "./page-paths.ts";
import { openStaticFiles } from "./static-files.ts";

/** The pages, served by Next in this process. */
export interface Pages {
  readonly answer: Fallback;
  close(): Promise<void>;
}

/** What `next build` writes; see `distDir` in next.config.js. */
const BUILD_DIRECTORY = ".next";

/** Opens the built pages. Next is loaded here and no earlier: it reads the environment as it loads. */
export async function openPages(environment: Environment): Promise<Pages> {
  const { default: next } = await import("next");
  const root = process.cwd();
  const app = next({
    dev: false,
    dir: root,
    hostname: environment.host,
    port: environment.port,
    // Next would listen for upgrades on the server whose requests it is handed. Those that offer
    // one (curl --http2 does) must reach the doors; a server that never listens takes its place.
    httpServer: createServer(),
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  const answer = createFrontOfPages({
    hasPage: await readPagePaths(root, BUILD_DIRECTORY),
    serveStatic: await openStaticFiles(path.join(root, BUILD_DIRECTORY, "static")),
    config: { publicUrl: environment.publicUrl, corsOrigins: environment.corsOrigins },
    next: (request, response) => handle(request, response),
  });
  return { answer, close: () => app.close() };
}

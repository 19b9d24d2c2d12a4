import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import compression from "compression";
import { isFromOtherSite } from "../content-coding.ts";
import { requestUrl } from "../request-url.ts";
import type { Fallback } from "../serve.ts";
import { secureScripts } from "./content-security.ts";
import { judgePageRequest, type Problem } from "./judge-page-request.ts";
import type { HasPage } from "./page-paths.ts";
import type { ServeStatic } from "./static-files.ts";

export interface FrontOfPagesOptions {
  readonly hasPage: HasPage;
  readonly serveStatic: ServeStatic;
  /** Next itself. */
  readonly next: Fallback;
}

/** Pages, their data for the router (`text/x-component`), and icons. */
const COMPRESSED = /^(?:text\/(?:html|x-component|plain)|image\/svg\+xml)\b/;

/** What Next writes is compressed as it is written, and flushed when Next flushes. */
const compress = compression({
  filter: ({ headers }, response) =>
    COMPRESSED.test(String(response.getHeader("content-type"))) &&
    !isFromOtherSite(headers["sec-fetch-site"]),
});

/**
 * What stands in front of Next: refuses what Next should not see, serves the built files, and gives
 * the rest to Next with a policy for scripts, compressing the response. Nothing below `/api/auth`
 * is compressed: it holds secrets of the session.
 */
export function createFrontOfPages({ hasPage, serveStatic, next }: FrontOfPagesOptions): Fallback {
  return async (request, response) => {
    const url = requestUrl(request);
    if (url === null) throw new Error("The server has let a malformed address pass.");
    const verdict = judgePageRequest(request, url, hasPage);
    if (verdict.kind === "refuse") return refuse(response, verdict.problem);
    if (verdict.kind === "static") {
      if (await serveStatic(request, response, verdict.pathname)) return;
      return refuse(response, {
        ...{ status: 404, code: "NOT_FOUND" },
        detail: "There is no such file.",
      });
    }
    request.url = verdict.target;
    if (verdict.kind === "auth") return next(request, response);
    secureScripts(request, response);
    await compressing(request, response, next);
  };
}

function compressing(
  request: IncomingMessage,
  response: ServerResponse,
  next: Fallback,
): Promise<void> {
  return new Promise((resolve, reject) => {
    compress(request, response, () => next(request, response).then(resolve, reject));
  });
}

function refuse(response: ServerResponse, { allow, ...problem }: Problem): void {
  const title = STATUS_CODES[problem.status];
  const body = JSON.stringify({ type: "about:blank", title, ...problem });
  if (allow !== undefined) response.setHeader("Allow", allow);
  response.setHeader("Content-Type", "application/problem+json");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(problem.status).end(body);
}

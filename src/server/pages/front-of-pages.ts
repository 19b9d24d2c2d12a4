import type { IncomingMessage, ServerResponse } from "node:http";
import compression from "compression";
import type { DoorConfig } from "../../doors/http/exchange.ts";
import { isFromOtherSite } from "../content-coding.ts";
import { type Refusal, refusalResponse } from "../refusal.ts";
import { requestUrl } from "../request-url.ts";
import type { Fallback } from "../serve.ts";
import { writeResponse } from "../write-response.ts";
import { secureScripts } from "./content-security.ts";
import { judgePageRequest } from "./judge-page-request.ts";
import type { HasPage } from "./page-paths.ts";
import type { ServeStatic } from "./static-files.ts";

export interface FrontOfPagesOptions {
  readonly hasPage: HasPage;
  readonly serveStatic: ServeStatic;
  /** Next itself. */
  readonly next: Fallback;
  readonly config: DoorConfig;
}

const NO_SUCH_FILE: Refusal = { code: "NOT_FOUND", detail: "There is no such file." };

/** Pages, their data for the router (`text/x-component`), and icons. */
const COMPRESSED = /^(?:text\/(?:html|x-component|plain)|image\/svg\+xml)\b/;

/** What Next writes is compressed as it is written, and flushed when Next flushes. */
const compress = compression({
  filter: ({ headers }, response) =>
    COMPRESSED.test(String(response.getHeader("content-type"))) &&
    !isFromOtherSite(headers["sec-fetch-site"]),
});

/**
 * Receives all requests for pages: refuses what Next should not see, serves the built files, and gives
 * the rest to Next with a policy for scripts, compressing the response. Nothing below `/api/auth`
 * is compressed: it holds secrets of the session.
 */
export function createFrontOfPages(options: FrontOfPagesOptions): Fallback {
  const { hasPage, serveStatic, next, config } = options;
  return async (request, response) => {
    const url = requestUrl(request);
    if (url === null) throw new Error("The server has let a malformed address pass.");
    const verdict = judgePageRequest(request, url, hasPage);
    const exchange = { request, response };
    if (verdict.kind === "refuse") return refuse(exchange, verdict.refusal, config);
    if (verdict.kind === "static") {
      if (await serveStatic(request, response, verdict.pathname)) return;
      return refuse(exchange, NO_SUCH_FILE, config);
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

/** Refuses a request as the doors do. What is left of its body is discarded, as with theirs. */
function refuse(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  refusal: Refusal,
  config: DoorConfig,
): Promise<void> {
  const head = { target: request.url ?? null, origin: request.headers.origin ?? null };
  const refused = refusalResponse(head, refusal, config);
  return writeResponse(response, refused, request.method === "HEAD").catch(() => undefined);
}

import type { DoorConfig, DoorRequest, DoorResponse } from "./exchange.ts";

/** What scripts of other origins may read beside the headers that are always theirs to read. */
const EXPOSED = [
  "Accept-Ranges",
  "Content-Disposition",
  "Content-Length",
  "Content-Range",
  "ETag",
  "Location",
  "Retry-After",
  "Tus-Checksum-Algorithm",
  "Tus-Extension",
  "Tus-Max-Size",
  "Tus-Resumable",
  "Tus-Version",
  "Upload-Checksum",
  "Upload-Concat",
  "Upload-Defer-Length",
  "Upload-Expires",
  "Upload-Length",
  "Upload-Metadata",
  "Upload-Offset",
  "X-Request-Id",
].join(", ");

/** What a preflight allows when it asks for nothing readable. */
const ALLOWED_HEADERS = "Authorization, Content-Type, Content-Range, Content-Digest, Range";
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;
/** Browsers cut it to what they like (Chromium: two hours). */
const MAX_AGE_SECONDS = 86_400;

/**
 * The CORS headers of any answer: an origin in `corsOrigins` is echoed and may send credentials,
 * any other gets `*` without them, so that a token works from anywhere and a cookie does not.
 */
export function corsHeaders(request: Pick<DoorRequest, "headers">, config: DoorConfig): Headers {
  const origin = request.headers.get("origin");
  const headers = new Headers({
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": EXPOSED,
    Vary: "Origin",
  });
  if (origin !== null && config.corsOrigins.includes(origin)) {
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Allow-Credentials", "true");
  }
  return headers;
}

/** Puts the CORS headers on `headers`; a `Vary` that is there already is kept beside ours. */
export function addCors(
  headers: Headers,
  request: Pick<DoorRequest, "headers">,
  config: DoorConfig,
): void {
  for (const [name, value] of corsHeaders(request, config)) {
    if (name === "vary") headers.append(name, value);
    else headers.set(name, value);
  }
}

/**
 * The answer to OPTIONS, preflight or not: 204 with what the path takes, for anybody. Headers that
 * are asked for are allowed: which ones count is the door's business, and none carries a cookie.
 */
export function answerOptions(
  request: Pick<DoorRequest, "headers">,
  config: DoorConfig,
  methods: readonly string[],
): DoorResponse {
  const allow = listMethods(methods);
  const asked = request.headers.get("access-control-request-headers") ?? "";
  const headers = corsHeaders(request, config);
  headers.set("Allow", allow);
  headers.set("Access-Control-Allow-Methods", allow);
  headers.set("Access-Control-Allow-Headers", HEADER_NAMES.test(asked) ? asked : ALLOWED_HEADERS);
  headers.set("Access-Control-Max-Age", String(MAX_AGE_SECONDS));
  headers.set("Cache-Control", "no-store");
  return { status: 204, headers, body: null };
}

/** The value of `Allow` for a path that takes `methods`, and OPTIONS always. */
export function listMethods(methods: readonly string[]): string {
  return [...methods, "OPTIONS"].join(", ");
}

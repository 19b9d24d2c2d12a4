import type { DoorConfig, DoorRequest, DoorResponse } from "./exchange.ts";

/** Headers that scripts of other origins may read, in addition to those that they may always read. */
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

/** The allowed headers if a preflight requests none, or its list is malformed. */
const ALLOWED_HEADERS = "Authorization, Content-Type, Content-Range, Content-Digest, Range";
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;
/** Browsers limit it further (Chromium: two hours). */
const MAX_AGE_SECONDS = 86_400;

/**
 * The CORS headers of any response: an origin in `corsOrigins` is echoed and may send credentials; others
 * get `*` without credentials, so that a token works from any site and a cookie does not.
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

/** Adds the CORS headers to `headers`; keeps an existing `Vary`. */
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
 * The response to OPTIONS, preflight or not, for any client: 204 with the methods of the path. All requested
 * headers are allowed: the door ignores those that it does not use, and none of them contains a cookie.
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

/** The value of `Allow` for a path with `methods`; includes OPTIONS. */
export function listMethods(methods: readonly string[]): string {
  return [...methods, "OPTIONS"].join(", ");
}

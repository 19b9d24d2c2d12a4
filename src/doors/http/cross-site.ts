import type { DoorConfig, DoorRequest } from "./exchange.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Whether a request that was authenticated by cookie may come from a page of another site and must be refused.
 * `method` is the overriding method if the door supports an override. `Sec-Fetch-Site` decides if it is
 * present. Otherwise the host of `Origin` must be that of `publicUrl`, of the origin that a trusted proxy
 * forwarded, or `Host`. A request with neither header does not come from a browser. `corsOrigins` lists other
 * sites that are allowed.
 */
export function isForbiddenCrossSite(
  request: Pick<DoorRequest, "method" | "headers" | "peer">,
  config: DoorConfig,
): boolean {
  const { method, headers } = request;
  if (SAFE_METHODS.includes(method)) return false;
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return false;
  if (site === null && origin === null) return false;
  if (origin !== null && config.corsOrigins.includes(origin)) return false;
  return site !== null || !isOwnOrigin(origin, request, config);
}

/**
 * `Host` may be used here, although not for URLs: a browser sets `Host` itself, and sends the cookie only to the
 * host that set it. Without it, a server that is reached over plain HTTP at another address than `publicUrl`
 * would refuse its own pages.
 */
function isOwnOrigin(
  origin: string | null,
  { headers, peer }: Pick<DoorRequest, "headers" | "peer">,
  { publicUrl }: DoorConfig,
): boolean {
  const from = parseUrl(origin);
  // "null" and other opaque origins are not valid URLs, or have no host.
  if (from === null || from.host === "") return false;
  const host = headers.get("host");
  // Parsed with the scheme of `Origin`, so that a default port may be present or omitted.
  const own = [host === null ? null : `${from.protocol}//${host}`, peer.origin, publicUrl];
  return own.some((url) => parseUrl(url)?.host === from.host);
}

function parseUrl(text: string | null): URL | null {
  return text !== null && URL.canParse(text) ? new URL(text) : null;
}

import type { DoorConfig, DoorRequest } from "./exchange.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Whether a request that a cookie authenticated may come from a page of another site, and must be
 * refused. `method` is the overriding one where the door honours an override.
 * `Sec-Fetch-Site` decides when it is present. Otherwise the host of `Origin` must be that of
 * `publicUrl`, of the origin that a trusted proxy forwarded, or `Host`. With neither header, no
 * browser sent the request. `corsOrigins` lists the sites that are allowed all the same.
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
 * `Host` may be compared here, although no URL is made from it: a browser writes `Host` itself, and
 * sends the cookie only to the host that set it. Without it, a server that people reach by an
 * address other than `publicUrl` over plain HTTP would refuse its own pages.
 */
function isOwnOrigin(
  origin: string | null,
  { headers, peer }: Pick<DoorRequest, "headers" | "peer">,
  { publicUrl }: DoorConfig,
): boolean {
  const from = parseUrl(origin);
  // "null" and other opaque origins parse as nothing, or have no host.
  if (from === null || from.host === "") return false;
  const host = headers.get("host");
  // Read under the scheme of `Origin`, so that a default port may be written or left out.
  const own = [host === null ? null : `${from.protocol}//${host}`, peer.origin, publicUrl];
  return own.some((url) => parseUrl(url)?.host === from.host);
}

function parseUrl(text: string | null): URL | null {
  return text !== null && URL.canParse(text) ? new URL(text) : null;
}

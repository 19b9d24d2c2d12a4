import type { DoorConfig } from "./exchange.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Whether a request that a cookie authenticated may have been made by a page of another site, and
 * must be refused. `method` is the overriding one where the door honours an override.
 * `Sec-Fetch-Site` decides when it is there; else `Origin`, whose host must be `Host` or that of
 * `publicUrl`; with neither, no browser sent it. `corsOrigins` lists who is let in all the same.
 */
export function isForbiddenCrossSite(
  request: { readonly method: string; readonly headers: Headers },
  config: DoorConfig,
): boolean {
  const { method, headers } = request;
  if (SAFE_METHODS.includes(method)) return false;
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return false;
  if (site === null && origin === null) return false;
  if (origin !== null && config.corsOrigins.includes(origin)) return false;
  return site !== null || !isOwnOrigin(origin, headers.get("host"), config.publicUrl);
}

function isOwnOrigin(origin: string | null, host: string | null, publicUrl: string): boolean {
  const from = parseUrl(origin);
  // "null" and other opaque origins parse as nothing, or have no host.
  if (from === null || from.host === "") return false;
  // The host is read under the origin's scheme, so that a default port may stand there or not.
  const here = host === null ? null : parseUrl(`${from.protocol}//${host}`);
  return from.host === here?.host || from.host === parseUrl(publicUrl)?.host;
}

function parseUrl(text: string | null): URL | null {
  return text !== null && URL.canParse(text) ? new URL(text) : null;
}

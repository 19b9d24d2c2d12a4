import type { IncomingMessage } from "node:http";

/**
 * The URL that a request asks for, on its own `Host`; null when the path holds a malformed escape,
 * a NUL, or is no path at all. The code that responds needs no check of its own then.
 */
export function requestUrl({
  url = "",
  headers,
}: Pick<IncomingMessage, "url" | "headers">): URL | null {
  const target = url.startsWith("/") ? `http://placeholder${url.replace(/^\/+/, "/")}` : url;
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return null;
  const asked = new URL(target);
  if (!isWellEscaped(asked.pathname)) return null;
  const base = `http://${headers.host ?? "localhost"}`;
  // Only the origin: a `Host` with credentials would result in a URL that `fetch` refuses.
  const origin = URL.canParse(base) ? new URL(base).origin : "http://localhost";
  return new URL(origin + asked.pathname + asked.search);
}

function isWellEscaped(pathname: string): boolean {
  try {
    return !decodeURIComponent(pathname).includes("\0");
  } catch {
    return false;
  }
}

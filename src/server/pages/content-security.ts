import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** Next reads the nonce of its scripts from this header of the request. */
const HEADER = "content-security-policy";

/**
 * Puts a `Content-Security-Policy` on a page: only scripts with this response's nonce run, and what
 * they load. Sources by path would not do: an uploaded script is served from this origin, too. The
 * pages need no `eval`; WebAssembly computes digests.
 */
export function secureScripts(request: IncomingMessage, response: ServerResponse): void {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    `script-src 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'`,
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  request.headers[HEADER] = policy;
  response.setHeader("Content-Security-Policy", policy);
}

/** The nonce of the page that `headers` ask for; undefined without a policy. */
export function nonceOf(headers: Pick<Headers, "get">): string | undefined {
  return /'nonce-([A-Za-z0-9+/_-]+={0,2})'/.exec(headers.get(HEADER) ?? "")?.[1];
}

import type { IncomingMessage } from "node:http";
import type { Refusal } from "../refusal.ts";
import { AUTH_PATH, type HasPage } from "./page-paths.ts";
import { STATIC_PATH } from "./static-files.ts";

/** Limits of what Next is given; it takes quadratic time for a long query. */
const MAX_PARAMETERS = 100;
const MAX_QUERY_BYTES = 2 * 1024;
/** The codes that OAuth providers send back may be long. */
const MAX_AUTH_QUERY_BYTES = 8 * 1024;
const MAX_PATH_BYTES = 2 * 1024;
/** The doors take more: the list of a tus final's parts grows with the file. */
const MAX_HEADER_BYTES = 24 * 1024;

/** Where the page that shows that there is nothing is rendered. */
const MISSING_PAGE = "/not-found";

const TOO_LONG: Refusal = {
  ...{ status: 414, code: "INVALID_INPUT" },
  detail: "The address is too long.",
};
const TOO_MANY_HEADERS: Refusal = {
  ...{ status: 431, code: "INVALID_INPUT" },
  detail: "The headers of the request are too long.",
};
const NOTHING_THERE: Refusal = { code: "NOT_FOUND", detail: "There is nothing at this address." };
const OTHER_METHOD: Refusal = {
  code: "METHOD_NOT_ALLOWED",
  detail: "The method is not allowed here.",
};

/** What becomes of a request that no door has taken. */
export type PageVerdict =
  | { readonly kind: "refuse"; readonly refusal: Refusal }
  | { readonly kind: "static"; readonly pathname: string }
  /** Next responds at `target`, a path with its query. */
  | { readonly kind: "auth" | "page"; readonly target: string };

/**
 * Judges what Next would be given: only paths that exist, few and short parameters, and GET and
 * HEAD for pages. An address that a browser asks for and that does not exist gets the page that
 * says so; everything else gets a problem.
 */
export function judgePageRequest(
  {
    method = "GET",
    headers,
    rawHeaders,
  }: Pick<IncomingMessage, "method" | "headers" | "rawHeaders">,
  url: URL,
  hasPage: HasPage,
): PageVerdict {
  const isAuth = url.pathname.startsWith(`${AUTH_PATH}/`);
  if (isTooLong(url, isAuth)) return refuse(TOO_LONG);
  const path = url.pathname.replace(/(?<=.)\/$/, "");
  if (byteLength(rawHeaders) > MAX_HEADER_BYTES) return refuse(TOO_MANY_HEADERS);
  const methods = isAuth ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"];
  const isStatic = path.startsWith(`${STATIC_PATH}/`);
  const exists = isStatic || hasPage(path);
  if (!exists && !wantsPage(method, path, headers.accept)) return refuse(NOTHING_THERE);
  if (!methods.includes(method)) return refuse({ ...OTHER_METHOD, allowed: methods });
  if (isStatic) return { kind: "static", pathname: path };
  if (!exists) return { kind: "page", target: MISSING_PAGE };
  return { kind: isAuth ? "auth" : "page", target: path + url.search };
}

function isTooLong({ pathname, search }: URL, isAuth: boolean): boolean {
  if (pathname.length > MAX_PATH_BYTES) return true;
  if (search.length > (isAuth ? MAX_AUTH_QUERY_BYTES : MAX_QUERY_BYTES)) return true;
  return search.split("&").length > MAX_PARAMETERS;
}

function byteLength(rawHeaders: readonly string[]): number {
  return rawHeaders.reduce((sum, text) => sum + text.length, 0);
}

/** Whether a person looks at what is returned: programs and images get no page. */
function wantsPage(method: string, path: string, accept = ""): boolean {
  const isInternal = path.startsWith("/_next/") || path.startsWith("/api/");
  return !isInternal && ["GET", "HEAD"].includes(method) && accept.includes("text/html");
}

function refuse(refusal: Refusal): PageVerdict {
  return { kind: "refuse", refusal };
}

import { isUploadError, UploadError, type UploadErrorCode } from "../core/errors.ts";

/** Sign-in forms are small. Anonymous clients can post here, so larger bodies are not read into memory. */
const LARGEST_BODY = 64 * 2 ** 10;

const statuses = {
  NOT_FOUND: 404,
  INVALID_INPUT: 400,
  BODY_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
} as const satisfies Partial<Record<UploadErrorCode, number>>;

type Refusal = keyof typeof statuses;

/**
 * What NextAuth leaves to others, around one of its requests: bodies of any size, its open log
 * endpoint, invalid JSON, addresses to which it responds with 500, and a status for "too many
 * attempts". `answer` is NextAuth itself; `report` receives the errors that it throws.
 */
export async function guardNextAuth(
  request: Request,
  answer: (request: Request) => Promise<Response>,
  report: (error: unknown) => void,
): Promise<Response> {
  try {
    const response = await answer(await checkRequest(request));
    // NextAuth answers 500 for what a caller got wrong: a bad callback address, a method or provider it lacks.
    if (response.status >= 500) return refuse("INVALID_INPUT", clearCallbackUrl());
    return await withRateLimitStatus(response);
  } catch (error) {
    if (isUploadError(error) && isRefusal(error.code)) return refuse(error.code);
    report(error);
    return refuse("UNAVAILABLE", new Headers({ "retry-after": "5" }));
  }
}

/** The request as NextAuth may have it. */
async function checkRequest(request: Request): Promise<Request> {
  const url = new URL(request.url);
  // The log endpoint lets anonymous clients write to the operator's log. Our pages do not use it.
  if (/\/_log\/?$/.test(url.pathname)) throw new UploadError("NOT_FOUND");
  const callback = url.searchParams.get("callbackUrl");
  if (callback !== null && !isAddress(callback, url.origin)) url.searchParams.delete("callbackUrl");
  const { method, headers } = request;
  if (method !== "POST") return new Request(url, { method, headers });
  const body = await readText(request);
  if (/json/i.test(headers.get("content-type") ?? "")) requireObject(body);
  return new Request(url, { method, headers, body });
}

function isAddress(value: string, origin: string): boolean {
  const base = value.startsWith("/") ? origin : undefined;
  return URL.canParse(value, base) && /^https?:$/.test(new URL(value, base).protocol);
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of request.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > LARGEST_BODY) throw new UploadError("BODY_TOO_LARGE");
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

function requireObject(text: string): void {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  } catch {
    // Reported below, like JSON of another shape.
  }
  throw new UploadError("INVALID_INPUT");
}

/** 429 instead of 401 when the response names too many attempts to the sign-in page. */
async function withRateLimitStatus(response: Response): Promise<Response> {
  if (response.status !== 401) return response;
  const body = await response.text();
  const minutes = /[?&]error=RateLimited\.(\d+)/.exec(body)?.[1];
  if (minutes === undefined) return new Response(body, response);
  const headers = new Headers(response.headers);
  headers.set("retry-after", String(Number(minutes) * 60));
  return new Response(body, { status: statuses.RATE_LIMITED, headers });
}

/** A cookie with a bad address would be sent again and again. */
function clearCallbackUrl(): Headers {
  const headers = new Headers();
  for (const [prefix, secure] of [
    ["", ""],
    ["__Secure-", "; Secure"],
  ]) {
    headers.append("set-cookie", `${prefix}next-auth.callback-url=; Path=/; Max-Age=0${secure}`);
  }
  return headers;
}

function isRefusal(code: UploadErrorCode): code is Refusal {
  return code in statuses;
}

/** RFC 9457. */
function refuse(code: Refusal, headers = new Headers()): Response {
  const { message } = new UploadError(code);
  const status = statuses[code];
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  const problem = { type: "about:blank", title: message, status, detail: message, code };
  return new Response(JSON.stringify(problem), { status, headers });
}

import { UploadFailure } from "./failure.ts";

/**
 * The longest URL that is sent, in bytes. By default nginx takes a request line of 8 KiB
 * (`large_client_header_buffers`), and the method and the version need some of it.
 */
const MAX_URL_BYTES = 7_500;
/** URI Too Long, and Request Header Fields Too Large. */
const TOO_LONG: readonly unknown[] = [414, 431];

/** The server of batches and the function that sends them. */
export interface BatchConnection {
  /** The URL of the tRPC door, without a slash at the end. */
  readonly url: string;
  /** Sends one request and returns the whole response. Throws an `UploadFailure` without one. */
  readonly send: (url: string, init: RequestInit) => Promise<Response>;
}

export type CallType = "query" | "mutation";

/** Calls of one type. */
export interface Batch {
  readonly type: CallType;
  /** The names of the procedures and their serialised inputs. */
  readonly calls: readonly { readonly path: string; readonly input: unknown }[];
  readonly signal: AbortSignal;
}

/** What the server returned for one call. `meta` has the names of tRPC's own links. */
export interface CallResult {
  readonly meta: { readonly response: Response; readonly responseJSON: unknown };
  readonly json: unknown;
}

/**
 * Sends a batch of tRPC calls and returns a result for each. Queries whose URL is longer than 7,500
 * bytes, or is refused with 414 or 431, are split in two until each part fits; a single query that
 * does not fit travels as a POST with its input in the body.
 */
export async function sendBatch(batch: Batch, connection: BatchConnection): Promise<CallResult[]> {
  const { type, calls, signal } = batch;
  const url = `${connection.url}/${calls.map(({ path }) => path).join(",")}?batch=1`;
  const body = JSON.stringify({ ...calls.map(({ input }) => input) });
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (type === "query") {
    const long = `${url}&input=${encodeURIComponent(body)}`;
    const response =
      long.length > MAX_URL_BYTES
        ? null
        : await connection.send(long, { signal }).catch(nullIfTooLong);
    if (response !== null && !TOO_LONG.includes(response.status)) return read(response, calls);
    const middle = Math.ceil(calls.length / 2);
    if (calls.length > 1) {
      const parts = [calls.slice(0, middle), calls.slice(middle)];
      const sent = parts.map((part) => sendBatch({ ...batch, calls: part }, connection));
      return (await Promise.all(sent)).flat();
    }
    // With this header the server accepts a query as POST in place of GET.
    headers["x-http-method-override"] = "GET";
  }
  return read(await connection.send(url, { method: "POST", headers, body, signal }), calls);
}

/** A proxy's 414 or 431 has no JSON body and arrives as a failure. */
function nullIfTooLong(failure: unknown): null {
  if (failure instanceof UploadFailure && TOO_LONG.includes(failure.details.status)) return null;
  throw failure;
}

/** A response that is not a list holds for each call. */
async function read(response: Response, calls: Batch["calls"]): Promise<CallResult[]> {
  const responseJSON: unknown = await response.json();
  const meta = { response, responseJSON };
  return calls.map((_, index) => ({
    meta,
    json: Array.isArray(responseJSON) ? responseJSON[index] : responseJSON,
  }));
}

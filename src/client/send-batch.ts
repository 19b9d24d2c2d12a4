import { UploadFailure } from "./failure.ts";

/**
 * The longest URL that is sent, in bytes. By default nginx takes a request line of 8 KiB
 * (`large_client_header_buffers`), and the method and the version need some of it.
 */
const MAX_URL_BYTES = 7_500;
/** URI Too Long, and Request Header Fields Too Large. */
const TOO_LONG: readonly unknown[] = [414, 431];

/** Sends one request and returns the whole response. Throws an `UploadFailure` without one. */
type Send = (url: string, init: RequestInit | undefined) => Promise<Response>;

/**
 * Sends a batch of tRPC calls. A batch of queries whose URL is longer than 7,500 bytes, or that is
 * refused with 414 or 431, is split in two until each part fits; a single query that does not fit
 * travels as a POST with its input in the body. The responses are joined into one.
 */
export async function sendBatch(
  url: string,
  init: RequestInit | undefined,
  send: Send,
): Promise<Response> {
  if (init?.method !== "GET") return send(url, init);
  if (url.length <= MAX_URL_BYTES) {
    const response = await send(url, init).catch(nullIfTooLong);
    if (response !== null && !TOO_LONG.includes(response.status)) return response;
  }
  const batch = parseBatch(url);
  const count = batch.paths.length;
  if (count === 1) return send(...asPost(batch, init));
  const middle = Math.ceil(count / 2);
  const parts = [sliceBatch(batch, 0, middle), sliceBatch(batch, middle, count)];
  return joinResponses(
    await Promise.all(
      parts.map(async (part) => ({
        count: part.paths.length,
        response: await sendBatch(formatBatch(part), init, send),
      })),
    ),
  );
}

/** A proxy's 414 or 431 has no JSON body and arrives as a failure. */
function nullIfTooLong(failure: unknown): null {
  if (failure instanceof UploadFailure && TOO_LONG.includes(failure.details.status)) return null;
  throw failure;
}

interface Batch {
  /** The endpoint's URL, with a trailing slash. */
  readonly endpoint: string;
  /** The names of the procedures. */
  readonly paths: readonly string[];
  /** Their serialised inputs by index; a call without input has none. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Reads `…/a,b?batch=1&input={"0":…,"1":…}`, as tRPC's batch link writes it. */
function parseBatch(url: string): Batch {
  const query = url.indexOf("?");
  const slash = url.lastIndexOf("/", query);
  const input = new URLSearchParams(url.slice(query + 1)).get("input");
  return {
    endpoint: url.slice(0, slash + 1),
    paths: url.slice(slash + 1, query).split(","),
    inputs: JSON.parse(input ?? "{}"),
  };
}

function formatBatch({ endpoint, paths, inputs }: Batch): string {
  const input = encodeURIComponent(JSON.stringify(inputs));
  return `${endpoint}${paths.join(",")}?batch=1&input=${input}`;
}

function sliceBatch({ endpoint, paths, inputs }: Batch, start: number, end: number): Batch {
  const part = paths.slice(start, end);
  const own = part.map((_, index) => [String(index), inputs[String(start + index)]] as const);
  return { endpoint, paths: part, inputs: Object.fromEntries(own) };
}

/** With this header the server accepts a query as POST in place of GET. */
function asPost({ endpoint, paths, inputs }: Batch, init: RequestInit): [string, RequestInit] {
  const headers = new Headers(init.headers);
  headers.set("content-type", "application/json");
  headers.set("x-http-method-override", "GET");
  const body = JSON.stringify(inputs);
  return [`${endpoint}${paths.join(",")}?batch=1`, { ...init, method: "POST", headers, body }];
}

/** A response that is not a list holds for each call of its part, as tRPC's batch link reads it. */
async function joinResponses(
  parts: readonly { readonly count: number; readonly response: Response }[],
): Promise<Response> {
  const results: unknown[] = [];
  for (const { count, response } of parts) {
    const body: unknown = await response.json();
    results.push(...(Array.isArray(body) ? body : Array.from({ length: count }, () => body)));
  }
  const [status = 200, ...others] = new Set(parts.map(({ response }) => response.status));
  const headers = new Headers({ "content-type": "application/json" });
  for (const { response } of parts) {
    const wait = response.headers.get("retry-after");
    if (wait !== null) headers.set("retry-after", wait);
  }
  return new Response(JSON.stringify(results), {
    status: others.length === 0 ? status : 207,
    headers,
  });
}

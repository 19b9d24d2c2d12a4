import { formatContentRange } from "../../wire/headers.ts";
import type { Bearer } from "../bearer.ts";
import type { Bytes } from "../bytes.ts";
import { readResponse, UploadFailure } from "../failure.ts";
import type { ChunkRequest, ChunkTransport } from "../runtime.ts";
import { startStallTimer } from "../stall-timer.ts";

export interface XhrTransportOptions {
  /** Returns the `Authorization` header of each chunk. */
  readonly bearer: Bearer;
  /** The request fails after this many milliseconds in which nothing was sent or received. */
  readonly stallMs: number;
  /** Whether cookies are sent to other origins. */
  readonly withCredentials: boolean;
}

/** Sends chunks by XMLHttpRequest: `fetch` does not report how much of a body was sent. */
export function xhrTransport({ bearer, ...options }: XhrTransportOptions): ChunkTransport {
  return {
    async putChunk(request) {
      const authorization = await bearer.header();
      try {
        await send(request, { headers: headersOf(request, authorization), ...options });
      } catch (thrown) {
        const isRefused = thrown instanceof UploadFailure && thrown.code === "UNAUTHENTICATED";
        if (isRefused) await bearer.refused(authorization);
        throw thrown;
      }
    },
    async putPart(request) {
      const { stallMs } = options;
      const { headers } = request;
      const xhr = await send(request, { headers, stallMs, withCredentials: false });
      return xhr.getResponseHeader("ETag") ?? "";
    },
  };
}

function headersOf(request: ChunkRequest, authorization: string | null): Record<string, string> {
  return {
    "Content-Range": formatContentRange(request, request.total),
    ...(request.contentDigest === null ? {} : { "Content-Digest": request.contentDigest }),
    ...(authorization === null ? {} : { Authorization: authorization }),
  };
}

/** What requests for chunks and for parts have in common. */
type BodyRequest = Pick<ChunkRequest, "url" | "body" | "onSent" | "signal">;

interface SendOptions extends Omit<XhrTransportOptions, "bearer"> {
  readonly headers: Readonly<Record<string, string>>;
}

async function send(request: BodyRequest, options: SendOptions): Promise<XMLHttpRequest> {
  if (request.signal.aborted) throw new UploadFailure("ABORTED");
  try {
    return await exchange(request, options);
  } catch (thrown) {
    const isNetwork = thrown instanceof UploadFailure && thrown.code === "NETWORK";
    if (isNetwork) await checkReadable(request.body);
    throw thrown;
  }
}

function exchange(
  request: BodyRequest,
  { headers, stallMs, withCredentials }: SendOptions,
): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const { body } = request;
    if (!(body instanceof Blob)) return reject(new UploadFailure("UNEXPECTED"));
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    xhr.open("PUT", request.url);
    xhr.withCredentials = withCredentials;
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => {
      stall.alive();
      request.onSent(event.loaded);
    };
    xhr.onload = () =>
      xhr.status >= 200 && xhr.status < 300 ? resolve(xhr) : reject(failureOf(xhr));
    xhr.onerror = () => reject(new UploadFailure("NETWORK"));
    xhr.onabort = () => reject(new UploadFailure(request.signal.aborted ? "ABORTED" : "NETWORK"));
    xhr.onloadend = () => {
      stall.end();
      request.signal.removeEventListener("abort", abort);
    };
    request.signal.addEventListener("abort", abort, { once: true });
    const stall = startStallTimer(stallMs, abort);
    xhr.send(body);
  });
}

function failureOf(xhr: XMLHttpRequest): UploadFailure {
  const retryAfter = xhr.getResponseHeader("Retry-After");
  return readResponse({ status: xhr.status, body: xhr.responseText, retryAfter });
}

/** Throws FILE_UNREADABLE if the file cannot be read: browsers report this as a network error. */
async function checkReadable(body: Bytes): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new UploadFailure("FILE_UNREADABLE", { cause });
  }
}

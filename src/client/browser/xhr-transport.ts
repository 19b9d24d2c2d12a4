import { codeOfStatus, isCode, UploadFailure } from "../failure.ts";
import { retryAfterMs } from "../retry-after.ts";
import type { ChunkRequest, ChunkTransport } from "../runtime.ts";

/** No byte gone and no answer for so long (ms): the line is dead, whatever the browser thinks. */
const STALL_MS = 60_000;

/** What may be set for every chunk. */
export interface XhrTransportOptions {
  /** Asked before each chunk; null where a cookie speaks for the user. */
  readonly authorization?: () => Promise<string | null>;
}

/** Chunks by XMLHttpRequest: `fetch` does not tell how much of a body has left. */
export function xhrTransport(options: XhrTransportOptions = {}): ChunkTransport {
  return {
    async putChunk(request) {
      const authorization = (await options.authorization?.()) ?? null;
      if (request.signal.aborted) throw new UploadFailure("ABORTED");
      try {
        await send(request, authorization);
      } catch (thrown) {
        if (thrown instanceof UploadFailure && thrown.code === "NETWORK")
          await proveReadable(request.body);
        throw thrown;
      }
    },
  };
}

function send(request: ChunkRequest, authorization: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    let stall = 0;
    const alive = () => {
      clearTimeout(stall);
      stall = window.setTimeout(abort, STALL_MS);
    };
    xhr.open("PUT", request.url);
    xhr.setRequestHeader(
      "Content-Range",
      `bytes ${request.start}-${request.end - 1}/${request.total}`,
    );
    if (authorization !== null) xhr.setRequestHeader("Authorization", authorization);
    xhr.upload.onprogress = (event) => {
      alive();
      request.onSent(event.loaded);
    };
    xhr.onload = () =>
      xhr.status >= 200 && xhr.status < 300 ? resolve() : reject(readAnswer(xhr));
    xhr.onerror = () => reject(new UploadFailure("NETWORK"));
    xhr.onabort = () => reject(new UploadFailure(request.signal.aborted ? "ABORTED" : "NETWORK"));
    xhr.onloadend = () => {
      clearTimeout(stall);
      request.signal.removeEventListener("abort", abort);
    };
    request.signal.addEventListener("abort", abort, { once: true });
    alive();
    xhr.send(request.body);
  });
}

/** The raw door answers `application/problem+json`; whatever stands before it may answer anything. */
function readAnswer(xhr: XMLHttpRequest): UploadFailure {
  const problem = parseObject(xhr.responseText);
  const { code, detail, ...details } = problem;
  return new UploadFailure(isCode(code) ? code : codeOfStatus(xhr.status), {
    message: typeof detail === "string" ? detail : undefined,
    retryAfterMs: retryAfterMs(xhr.getResponseHeader("Retry-After")),
    details,
  });
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A browser reports a file that it cannot read any more as a network error. */
async function proveReadable(body: Blob): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new UploadFailure("FILE_UNREADABLE", { cause });
  }
}

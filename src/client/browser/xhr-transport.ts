import { formatContentRange } from "../../wire/headers.ts";
import type { Bearer } from "../bearer.ts";
import type { Bytes } from "../bytes.ts";
import { readAnswer, UploadFailure } from "../failure.ts";
import type { ChunkRequest, ChunkTransport } from "../runtime.ts";

/** How chunks travel. */
export interface Line {
  /** Asked before each chunk. */
  readonly bearer: Bearer;
  /** No byte gone and no answer for so long (ms): the line is dead, whatever the browser thinks. */
  readonly stallMs: number;
  /** Whether a cookie goes to another origin. */
  readonly withCredentials: boolean;
}

/** Chunks by XMLHttpRequest: `fetch` does not tell how much of a body has left. */
export function xhrTransport({ bearer, ...line }: Line): ChunkTransport {
  return {
    async putChunk(request) {
      const authorization = await bearer.header();
      if (request.signal.aborted) throw new UploadFailure("ABORTED");
      try {
        await send(request, { authorization, ...line });
      } catch (thrown) {
        if (!(thrown instanceof UploadFailure)) throw thrown;
        if (thrown.code === "UNAUTHENTICATED") await bearer.refused(authorization);
        if (thrown.code === "NETWORK") await proveReadable(request.body);
        throw thrown;
      }
    },
  };
}

function send(
  request: ChunkRequest,
  {
    authorization,
    stallMs,
    withCredentials,
  }: Omit<Line, "bearer"> & { authorization: string | null },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { body } = request;
    if (!(body instanceof Blob)) return reject(new UploadFailure("UNEXPECTED"));
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    let stall: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(stall);
      stall = setTimeout(abort, stallMs);
    };
    xhr.open("PUT", request.url);
    xhr.withCredentials = withCredentials;
    xhr.setRequestHeader("Content-Range", formatContentRange(request, request.total));
    if (request.contentDigest !== null)
      xhr.setRequestHeader("Content-Digest", request.contentDigest);
    if (authorization !== null) xhr.setRequestHeader("Authorization", authorization);
    xhr.upload.onprogress = (event) => {
      alive();
      request.onSent(event.loaded);
    };
    xhr.onload = () => (xhr.status >= 200 && xhr.status < 300 ? resolve() : reject(failureOf(xhr)));
    xhr.onerror = () => reject(new UploadFailure("NETWORK"));
    xhr.onabort = () => reject(new UploadFailure(request.signal.aborted ? "ABORTED" : "NETWORK"));
    xhr.onloadend = () => {
      clearTimeout(stall);
      request.signal.removeEventListener("abort", abort);
    };
    request.signal.addEventListener("abort", abort, { once: true });
    alive();
    xhr.send(body);
  });
}

function failureOf(xhr: XMLHttpRequest): UploadFailure {
  const retryAfter = xhr.getResponseHeader("Retry-After");
  return readAnswer({ status: xhr.status, body: xhr.responseText, retryAfter });
}

/** A browser reports a file that it cannot read any more as a network error. */
async function proveReadable(body: Bytes): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new UploadFailure("FILE_UNREADABLE", { cause });
  }
}

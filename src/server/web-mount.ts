import type { DoorRequest, DoorResponse } from "../doors/http/exchange.ts";
import { REQUEST_ID_HEADER } from "../doors/http/request-id.ts";
import { getApplication } from "./get-application.ts";
import { inRequest } from "./request-scope.ts";

/**
 * Serves a route handler of the App Router through the doors. Used only by `next dev` and by deployments
 * without our own server, which mounts the doors itself. The client address is unknown here, because
 * only our server records it, and headers can be forged.
 */
export async function serveWeb(request: Request): Promise<Response> {
  const application = await getApplication();
  const answer = await inRequest(request.headers.get(REQUEST_ID_HEADER), () =>
    application.handle(toDoorRequest(request)),
  );
  return answer === null ? new Response(null, { status: 404 }) : toResponse(answer, request.method);
}

/** `Request` as doors see it. */
export function toDoorRequest(request: Request): DoorRequest {
  return {
    method: request.method.toUpperCase(),
    url: new URL(request.url),
    headers: request.headers,
    body: request.body === null ? null : readStream(request.body),
    peer: { address: "", origin: null },
    signal: request.signal,
  };
}

/** Converts a door's response to a `Response`. */
export function toResponse(answer: DoorResponse, method: string): Response {
  const { status, headers, body } = answer;
  if (body === null || typeof body === "string" || body instanceof Uint8Array) {
    return new Response(toBodyInit(body), { status, headers });
  }
  const stream = toReadableStream(body);
  if (method !== "HEAD") return new Response(stream, { status, headers });
  stream.cancel().catch(() => undefined);
  return new Response(null, { status, headers });
}

function toBodyInit(body: Uint8Array | string | null): BodyInit | null {
  return body instanceof Uint8Array ? new Uint8Array(body) : body;
}

/** Stops reading when the reader stops. The stream is released, not cancelled, so that the response is still sent. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

/** Pulled, never pushed: what a slow reader has not asked for is not read. */
function toReadableStream(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

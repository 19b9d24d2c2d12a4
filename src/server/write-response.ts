import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type { DoorResponse } from "../doors/http/exchange.ts";

/** Writes a door's response. Resolves when the socket has all of it; rejects when the connection breaks or the body fails. */
export async function writeResponse(
  response: ServerResponse,
  { status, headers, body }: DoorResponse,
  withoutBody: boolean,
): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of headers) {
    // `Headers` lists each cookie by itself; any other name replaces what the server has set before.
    if (name === "set-cookie") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  if (isIterable(body)) {
    if (!withoutBody) return writeStream(response, body);
    await body[Symbol.asyncIterator]().return?.();
  }
  endWith(response, withoutBody || isIterable(body) ? null : body);
  await finished(response, { readable: false });
}

/**
 * Ends a response whose whole body is known. Node writes no `Content-Length` for a client of
 * HTTP/1.0, which could then see the end of the body only by the end of the connection.
 */
function endWith(response: ServerResponse, body: string | Uint8Array | null): void {
  if (body !== null) response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body ?? undefined);
}

async function writeStream(
  response: ServerResponse,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const source = Readable.from(body, { objectMode: false, highWaterMark: 256 * 1024 });
  try {
    await pipeline(source, response);
  } finally {
    // Newer versions of Node leave it as it is, with its file open, when the client is gone already.
    source.destroy();
  }
}

function isIterable(body: DoorResponse["body"]): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

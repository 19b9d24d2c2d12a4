import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../core/ports/system.ts";

/** What is still taken from a body whose answer is out, so that the connection can live on. */
const DRAIN_BYTES = 2 ** 20;
const DRAIN_MS = 1_000;
/** How long we read on after closing our side: a socket closed with unread bytes would lose the answer. */
const LINGER_MS = 5_000;

/**
 * Sees to a body that nobody read to its end, after the answer was written: a short rest is
 * discarded and the connection stays; with a long one our side is closed and the other side gets
 * time to read the answer before the line is cut.
 */
export async function settleLeftover(
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const { socket } = request;
  if (request.complete || socket.destroyed) {
    request.resume();
    return;
  }
  const over = new AbortController();
  let discarded = 0;
  const count = (chunk: Buffer) => {
    discarded += chunk.byteLength;
    if (discarded > DRAIN_BYTES) over.abort();
  };
  const stop = () => over.abort();
  request.removeAllListeners("data");
  request.on("data", count);
  request.once("end", stop);
  socket.once("close", stop);
  request.resume();
  await clock.sleep(DRAIN_MS, over.signal);
  request.off("data", count);
  request.off("end", stop);
  socket.off("close", stop);
  if (request.complete || socket.destroyed) return;
  await linger(request, response, clock);
}

async function linger(
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const { socket } = request;
  const closed = new AbortController();
  socket.once("close", () => closed.abort());
  request.on("data", () => undefined);
  request.resume();
  if (!response.writableFinished) response.destroy();
  socket.end();
  await clock.sleep(LINGER_MS, closed.signal);
  socket.destroy();
}

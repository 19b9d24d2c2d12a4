import { AsyncResource } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isEnding } from "./end-connection.ts";

const last = new WeakMap<Socket, ServerResponse>();

/**
 * Runs `serve` when the responses to all earlier requests of the connection are out: pipelined
 * requests may only run in parallel when all of them are safe (RFC 9112, section 9.3.2). While one
 * waits, nothing more is read. `serve` does not run when the connection ends before its turn. Its
 * asynchronous context is that of its own request, not that of the response it waited for.
 */
export function inOrder(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  serve: () => void,
): void {
  const { socket } = request;
  const before = last.get(socket);
  last.set(socket, response);
  if (before === undefined || before.closed || before.writableFinished) {
    run();
    return;
  }
  socket.pause();
  before.once(
    "close",
    AsyncResource.bind(() => {
      socket.resume();
      run();
    }),
  );

  function run() {
    if (socket.destroyed || isEnding(socket)) return;
    serve();
  }
}

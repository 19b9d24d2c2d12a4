import type { Socket } from "node:net";

/**
 * Runs `act` if the peer is still silent after one turn of the event loop. When our process was
 * suspended, timers fire before the sockets are looked at: what the peer sent or took meanwhile is
 * seen in that turn, and the idle time begins again.
 */
export function ifStillIdle(socket: Socket, act: () => void): void {
  const before = traffic(socket);
  setImmediate(() => {
    if (socket.destroyed) return;
    if (traffic(socket) === before) act();
    else socket.setTimeout(socket.timeout ?? 0);
  });
}

/** Changes whenever bytes move in either direction, a part of one write included. */
function traffic(socket: Socket): string {
  const { _handle: handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null };
  return [socket.bytesRead, socket.bytesWritten, handle?.writeQueueSize ?? 0].join();
}

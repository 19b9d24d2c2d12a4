import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { freeMemory } from "./free-memory.ts";

/** What is read and discarded at most before a connection is cut, in bytes and milliseconds. */
const LINGER_BYTES = 64 * 2 ** 20;
const LINGER_MS = 30_000;
/** A client is taken to send no more when no byte came for so long: then our side is closed. */
const QUIET_MS = 1_000;
/** How long the client may leave its side open after that without sending anything. */
const HALF_CLOSED_MS = 5_000;

const ending = new WeakSet<Socket>();

/** True once the last response of a connection is written: no other request on it is processed (RFC 9112, section 9.6). */
export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}

/**
 * Ends a connection whose last response was handed to the socket. A socket that is closed while
 * bytes wait in it sends a reset, which can destroy the response on its way (RFC 9112, section 9.6),
 * and many clients read no response before they have sent their whole body. So the rest of the body
 * of `request` is read first; then our side is closed; then the client's close is awaited. All of it
 * takes at most `LINGER_BYTES` and `LINGER_MS`. A second call for the same socket does nothing.
 */
export function endConnection(socket: Socket, request: IncomingMessage | null): void {
  if (ending.has(socket)) return;
  ending.add(socket);
  socket.setTimeout(0);
  new Ending(socket).begin(request);
}

class Ending {
  readonly #socket: Socket;
  readonly #readBefore: number;
  #quiet: NodeJS.Timeout | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#readBefore = socket.bytesRead;
    const deadline = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once("close", () => {
      clearTimeout(deadline);
      clearTimeout(this.#quiet);
    });
  }

  begin(request: IncomingMessage | null): void {
    if (request === null || request.complete || this.#socket.readableEnded) {
      this.#closeOurSide();
      return;
    }
    const wait = () => this.#wait(QUIET_MS, () => this.#closeOurSide());
    request.removeAllListeners("data");
    request.on("data", (piece: Buffer) => {
      freeMemory(piece);
      wait();
    });
    request.once("end", () => this.#closeOurSide());
    request.resume();
    wait();
  }

  #closeOurSide(): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    socket.end();
    const wait = () => this.#wait(HALF_CLOSED_MS, () => socket.destroy());
    // The parser is detached: what arrives now is not a request. The socket closes itself after the client's FIN.
    socket.removeAllListeners("data");
    socket.on("data", (piece: Buffer) => {
      freeMemory(piece);
      wait();
    });
    socket.resume();
    wait();
  }

  /** `then` after `ms` without a byte; cuts the connection when the client has sent too much. */
  #wait(ms: number, then: () => void): void {
    clearTimeout(this.#quiet);
    if (this.#socket.bytesRead - this.#readBefore > LINGER_BYTES) this.#socket.destroy();
    else if (!this.#socket.destroyed) this.#quiet = setTimeout(then, ms).unref();
  }
}

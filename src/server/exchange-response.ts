import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { endConnection } from "./end-connection.ts";
import { freeMemory } from "./free-memory.ts";

/** Bytes of an unread body that are read and discarded so that the connection can stay open. */
const DRAIN_BYTES = 2 ** 20;
/** How long the client may take to send them, in milliseconds. */
const DRAIN_MS = 30_000;

type SentHeaders = OutgoingHttpHeaders | OutgoingHttpHeader[];

const latest = new WeakMap<Socket, ExchangeResponse>();

/** The exchange whose request was parsed last on `socket`; null before the first one. */
export function latestExchange(socket: Socket): ExchangeResponse | null {
  return latest.get(socket) ?? null;
}

/**
 * A response that decides what happens to an unread request body, whether a door, Next or Node itself
 * writes it. If more than `DRAIN_BYTES` of the body may follow, the header says
 * `Connection: close` (RFC 9112, section 9.6), so that the client sends no other request on this
 * connection. Otherwise the connection stays open, and the rest is discarded.
 */
export class ExchangeResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  /** Bytes that the socket had received when the header was parsed. */
  readonly #readBefore: number;

  constructor(...given: ConstructorParameters<typeof ServerResponse<Request>>) {
    super(...given);
    const { socket } = this.req;
    this.#readBefore = socket.bytesRead;
    latest.set(socket, this);
    this.once("finish", () => this.#discardRest());
  }

  override writeHead(status: number, reason?: string, headers?: SentHeaders): this;
  override writeHead(status: number, headers?: SentHeaders): this;
  override writeHead(status: number, ...rest: [(string | SentHeaders)?, SentHeaders?]): this {
    if (this.#unread() > DRAIN_BYTES) this.setHeader("Connection", "close");
    return super.writeHead(status, ...(rest as [string?, SentHeaders?]));
  }

  /** An upper bound of the body's bytes that have not arrived; what came along with the header is not subtracted. */
  #unread(): number {
    const { complete, headers, socket } = this.req;
    if (complete) return 0;
    if (headers["transfer-encoding"] !== undefined) return Number.POSITIVE_INFINITY;
    return Number(headers["content-length"] ?? 0) - (socket.bytesRead - this.#readBefore);
  }

  #discardRest(): void {
    const { req: request } = this;
    const { socket } = request;
    if (request.readableEnded || socket.destroyed) return;
    request.removeAllListeners("data");
    request.on("data", freeMemory);
    request.resume();
    if (request.complete) return;
    const timer = setTimeout(() => endConnection(socket, request), DRAIN_MS).unref();
    request.once("close", () => clearTimeout(timer));
  }
}

/** Ends the connection gently where Node would close it with the client's bytes unread. */
export function endGently(socket: Socket): void {
  // Node calls it after the last response of a connection, and nowhere else.
  socket.destroySoon = () => endConnection(socket, latestExchange(socket)?.req ?? null);
}

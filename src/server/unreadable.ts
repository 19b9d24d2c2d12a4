import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "../core/ports/system.ts";
import type { DoorConfig } from "../doors/http/exchange.ts";
import { endConnection, isEnding } from "./end-connection.ts";
import { latestExchange } from "./exchange-response.ts";
import { type Refusal, type RefusedHead, refusalResponse } from "./refusal.ts";

/** What Node's parser reports; `rawPacket` holds the bytes that it read last. */
export type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

const MALFORMED: Refusal = { code: "INVALID_INPUT", detail: "The request is not valid HTTP/1.1." };

const refusals: { readonly [code: string]: Refusal } = {
  HPE_HEADER_OVERFLOW: {
    ...{ status: 431, code: "INVALID_INPUT" },
    detail: "The headers of the request are too long.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    ...{ status: 413, code: "BODY_TOO_LARGE" },
    detail: "The chunk extensions of the body are too long.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    ...{ status: 408, code: "UNAVAILABLE" },
    detail: "The headers of the request did not arrive in time.",
  },
};

/**
 * Refuses what the parser cannot read, and ends the connection. What follows a whole request, whose
 * response is still to come, is ignored: that response is sent, and the connection closes after it. A
 * connection that broke, or that became unreadable within a body, is cut.
 */
export function refuseUnreadable(
  error: ParserError,
  socket: Socket,
  { config, log }: { config: DoorConfig; log: Logger },
): void {
  const exchange = latestExchange(socket);
  const isPending = exchange !== null && !exchange.writableFinished;
  const broke = error.code === "ECONNRESET" || error.code === "HPE_INVALID_EOF_STATE";
  if (isPending && !broke && exchange.req.complete) {
    exchange.shouldKeepAlive = false;
    return;
  }
  if (broke || isPending || isEnding(socket) || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusals[error.code ?? ""] ?? MALFORMED;
  const { status, headers, body } = refusalResponse(readHead(error.rawPacket), refusal, config);
  log.info({ status, reason: error.code }, "An unreadable request was refused");
  const text = String(body ?? "");
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}` +
      `X-Content-Type-Options: nosniff\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  endConnection(socket, null);
}

/** The path and the origin, as far as they are among the bytes that were read last. */
function readHead(packet: Buffer | undefined): RefusedHead {
  const text = packet?.toString("latin1") ?? "";
  return {
    target: /^[A-Z]+ (\S+) HTTP\/1\.\d\r?\n/.exec(text)?.[1] ?? null,
    origin: /^origin:[ \t]*(\S+)[ \t]*\r?$/im.exec(text)?.[1] ?? null,
  };
}

import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import type { RefusedRequest } from "./cases.ts";

/** What became of a refused request and of the request after it. */
export interface Outcome {
  /** The status of the refusal; null when its response did not arrive whole. */
  readonly status: number | null;
  /** Why the response, or the next request, was lost. */
  readonly lost: string | null;
  /** False when the connection was said to stay open and the next request on it failed. */
  readonly nextSucceeded: boolean;
}

export interface Sending {
  readonly version: "1.0" | "1.1";
  readonly close: boolean;
}

const NEXT = "GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n";

/**
 * A client that writes its whole body before it reads, as most blocking clients do. On a connection
 * that stays open it sends another request.
 */
export async function writeThenRead(
  url: string,
  asked: RefusedRequest,
  sending: Sending,
): Promise<Outcome> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const failed = new Promise<never>((_, reject) => socket.once("error", reject));
  failed.catch(() => undefined);
  socket.pause();
  let status: number | null = null;
  try {
    await Promise.race([write(socket, headOf(asked, sending), asked.body), failed]);
    const response = await Promise.race([readResponse(socket), failed]);
    status = response.status;
    if (sending.version === "1.0" || sending.close || response.closes) {
      return { status, lost: null, nextSucceeded: true };
    }
    socket.write(NEXT);
    const next = await Promise.race([readResponse(socket), failed]);
    return { status, lost: null, nextSucceeded: next.status === 200 };
  } catch (error) {
    return { status, lost: String(error), nextSucceeded: status === null };
  } finally {
    socket.destroy();
  }
}

function headOf({ method, path, headers, body }: RefusedRequest, sending: Sending): string {
  const all = {
    host: "localhost",
    "content-length": String(body.length),
    ...(sending.close ? { connection: "close" } : {}),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/${sending.version}\r\n${lines.join("")}\r\n`;
}

async function write(socket: Socket, head: string, body: Buffer): Promise<void> {
  socket.write(head);
  const piece = 64 * 1024;
  for (let at = 0; at < body.length; at += piece) {
    await new Promise<void>((resolve) =>
      socket.write(body.subarray(at, at + piece), () => resolve()),
    );
  }
}

/** One response, whole. */
function readResponse(socket: Socket): Promise<{ status: number; closes: boolean }> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const look = (ended: boolean) => {
      const end = bytes.indexOf("\r\n\r\n");
      const head = bytes.subarray(0, Math.max(0, end)).toString("latin1");
      if (end > 0 && isWhole(head, bytes.subarray(end + 4), ended)) {
        finish();
        const status = Number(/^HTTP\/1\.\d (\d+)/.exec(head)?.[1]);
        resolve({ status, closes: /^connection: close/im.test(head) });
      } else if (ended) {
        finish();
        reject(new Error(`The connection ended after ${bytes.length} bytes.`));
      }
    };
    const onData = (part: Buffer) => {
      bytes = Buffer.concat([bytes, part]);
      look(false);
    };
    const onEnd = () => look(true);
    const finish = () => socket.off("data", onData).off("end", onEnd).off("close", onEnd);
    socket.on("data", onData).once("end", onEnd).once("close", onEnd);
    socket.resume();
  });
}

/** RFC 9112, section 6.3: the body's length by its chunks, by `Content-Length`, or by the end of the connection. */
function isWhole(head: string, body: Buffer, ended: boolean): boolean {
  if (/^transfer-encoding: chunked/im.test(head)) return body.includes("0\r\n\r\n");
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  return length === undefined ? ended : body.length >= Number(length);
}

/** Node's own client, which reads while it writes, and reuses its connection for the next request. */
export async function byNodeAgent(
  url: string,
  asked: RefusedRequest,
  sending: Sending,
): Promise<Outcome> {
  // An agent with a limit of sockets sends `Connection: keep-alive`, whatever `keepAlive` is.
  const agent = sending.close ? new Agent() : new Agent({ keepAlive: true, maxSockets: 1 });
  let status: number | null = null;
  try {
    status = await ask(url, { ...asked, agent });
    const next = { method: "GET", path: "/api/health", headers: {}, body: Buffer.alloc(0), agent };
    return { status, lost: null, nextSucceeded: (await ask(url, next)) === 200 };
  } catch (error) {
    return { status, lost: String(error), nextSucceeded: status === null };
  } finally {
    agent.destroy();
  }
}

function ask(url: string, asked: RefusedRequest & { agent: Agent }): Promise<number> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, body, agent } = asked;
    const length = { "content-length": String(body.length) };
    const outgoing = request(url, { method, path, headers: { ...length, ...headers }, agent });
    let response: IncomingMessage | null = null;
    outgoing.on("error", (error) => {
      // Writing on may fail once the response is here; it has arrived nevertheless.
      if (response === null) reject(error);
    });
    outgoing.once("response", (incoming) => {
      response = incoming;
      incoming.resume();
      incoming.once("error", reject);
      incoming.once("end", () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.end(body);
  });
}

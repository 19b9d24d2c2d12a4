import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";

/** An answer read whole. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  json(): unknown;
}

export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** A request by plain node:http, which changes nothing of path and headers as `fetch` does. */
export function send(url: string, ask: PlainRequest = {}): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const { origin } = new URL(url);
    const outgoing = httpRequest(origin, {
      path: url.slice(origin.length) || "/",
      method: ask.method ?? "GET",
      headers: ask.headers ?? {},
      agent: false,
      // Of responses: Node's default is 16 KiB, and HEAD of a tus final lists its parts.
      maxHeaderSize: 256 * 1024,
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.once("error", reject);
      // A stream of events has no end: its head is the answer.
      const isEndless = incoming.headers["content-type"]?.startsWith("text/event-stream");
      if (isEndless) incoming.off("error", reject).destroy();
      incoming.once(isEndless ? "close" : "end", () => {
        const body = Buffer.concat(parts);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body,
          json: () => JSON.parse(body.toString("utf8")),
        });
      });
    });
    writeBody(outgoing, ask.body).catch(reject);
  });
}

async function writeBody(
  outgoing: ReturnType<typeof httpRequest>,
  body: PlainRequest["body"],
): Promise<void> {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  for await (const part of body) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(part)) await new Promise((resolve) => outgoing.once("drain", resolve));
  }
  outgoing.end();
}

/** The headers of a chunk `[start, start + length)` of an upload of `total` bytes. */
export function chunkHeaders(
  token: string,
  chunk: { start: number; length: number; total: number },
): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    "content-type": "application/octet-stream",
    "content-length": String(chunk.length),
    "content-range": `bytes ${chunk.start}-${chunk.start + chunk.length - 1}/${chunk.total}`,
  };
}

/** A bare connection, for requests that no HTTP client would send. */
export interface RawConnection extends AsyncDisposable {
  readonly socket: Socket;
  write(data: string | Uint8Array): Promise<void>;
  /** Everything received so far, as text. */
  received(): string;
  /** Resolves once what was received contains `text`; rejects when the line ends before. */
  waitFor(text: string): Promise<string>;
  /** Resolves when the other side has ended the line, by whatever means. */
  ended(): Promise<void>;
}

export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  let over = false;
  const changed = new Set<() => void>();
  const tell = () => {
    for (const listener of [...changed]) listener();
  };
  const finish = () => {
    over = true;
    tell();
  };
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.on("error", finish);
  socket.on("close", finish);
  socket.on("end", finish);
  socket.on("data", (part) => {
    text += part.toString("latin1");
    tell();
  });
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!holds() && !over) return;
        changed.delete(look);
        if (holds()) resolve();
        else reject(new Error(`The line ended after: ${text}`));
      };
      changed.add(look);
      look();
    });
  return {
    socket,
    write: (data) => new Promise((resolve) => socket.write(data, () => resolve())),
    received: () => text,
    waitFor: async (wanted) => {
      await until(() => text.includes(wanted));
      return text;
    },
    ended: () => until(() => over),
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}

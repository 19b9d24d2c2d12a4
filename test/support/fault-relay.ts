import { once } from "node:events";
import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { ProxyTally } from "./fault-proxy.ts";

/** One request at the proxy. Without a `response` nobody hears the answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse | null;
  readonly target: string;
  readonly agent: Agent;
  readonly tally: ProxyTally;
}

/** Where the line breaks: after the part `at` of the body (0 to below 1). `over` ends it. */
export interface Break {
  readonly during: "request" | "response";
  readonly at: number;
  readonly over: () => Promise<void>;
}

interface Sending {
  /** The body, when it has been read already. */
  readonly body?: Buffer;
  readonly break?: Break;
}

/** Passes the request on and its answer back, as far as `break` lets it. */
export async function sendUpstream(exchange: Exchange, sending: Sending): Promise<void> {
  const { request, response, target, agent } = exchange;
  const upstream = httpRequest(target, {
    method: request.method,
    path: request.url,
    headers: request.headers,
    agent,
  });
  upstream.on("error", () => request.socket.destroy());
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once("response", resolve);
    upstream.once("error", reject);
    upstream.once("close", () => reject(new Error("No answer came.")));
  });
  answered.catch(() => undefined);
  // A client that has gone takes its request with it.
  const leave = () => upstream.destroy();
  if (response !== null) request.socket.once("close", leave);
  try {
    const whole = await writeBody(exchange, upstream, sending);
    if (!whole) return;
    await passAnswer(exchange, await answered, sending.break);
  } finally {
    request.socket.off("close", leave);
    if (request.socket.destroyed) upstream.destroy();
  }
}

/** Everything the client sends, counted. */
export async function readWhole(request: IncomingMessage, tally: ProxyTally): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) {
    if (carriesChunk(request)) tally.received += piece.length;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Answers whether all of the body was passed on. */
async function writeBody(
  exchange: Exchange,
  upstream: ClientRequest,
  { body, break: broken }: Sending,
): Promise<boolean> {
  if (body !== undefined) {
    if (carriesChunk(exchange.request)) exchange.tally.passedOn += body.length;
    upstream.end(body);
    return true;
  }
  if (broken?.during === "request") {
    const length = Number(exchange.request.headers["content-length"] ?? 0);
    await pipePart(exchange, upstream, Math.floor(length * broken.at));
    // What was written so far arrives; then the line ends on both sides.
    upstream.flushHeaders();
    await broken.over();
    upstream.destroy();
    return false;
  }
  await pipePart(exchange, upstream, Number.POSITIVE_INFINITY);
  upstream.end();
  return true;
}

/** Passes the first `most` bytes of the body on, and reads no more. */
async function pipePart(
  { request, tally }: Exchange,
  upstream: ClientRequest,
  most: number,
): Promise<void> {
  const counts = carriesChunk(request);
  let left = most;
  if (left === 0) return;
  // Stopping in the middle must not end the line by itself: that is the fault's part.
  const pieces: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const piece of pieces) {
    const part = piece.subarray(0, left);
    left -= part.length;
    if (counts) {
      tally.received += piece.length;
      tally.passedOn += part.length;
    }
    await written(upstream, part);
    if (left === 0) return;
  }
}

/** Writes `part` and waits until more is welcome, or nobody listens any more. */
async function written(to: ClientRequest | ServerResponse, part: Buffer): Promise<void> {
  if (to.write(part) || to.destroyed) return;
  const over = new AbortController();
  const { signal } = over;
  const welcome = [once(to, "drain", { signal }), once(to, "close", { signal })];
  await Promise.race(welcome).finally(() => over.abort());
}

function carriesChunk({ method }: IncomingMessage): boolean {
  return method === "PUT";
}

async function passAnswer(
  { response }: Exchange,
  answer: IncomingMessage,
  broken: Break | undefined,
): Promise<void> {
  if (response === null) {
    answer.resume();
    await once(answer, "end");
    return;
  }
  // A break in the first half: the server has done its part, and the client hears nothing of it.
  if (broken !== undefined && broken.at < 0.5) return broken.over();
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  response.flushHeaders();
  for await (const piece of answer as AsyncIterable<Buffer>) {
    if (broken === undefined) await written(response, piece);
    else response.write(piece.subarray(0, Math.floor(piece.length * broken.at)));
    if (broken !== undefined) break;
  }
  if (broken !== undefined) return broken.over();
  response.end();
}

import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createDeferred } from "../../src/client/deferred.ts";

/**
 * The line between browser and server. It counts the bytes of chunks and can hold them back at an
 * exact point, so that "in mid-upload" is a state to wait for and not a matter of speed.
 */
export interface Link extends AsyncDisposable {
  /** Where the browser reaches the server; without a trailing slash. */
  readonly url: string;
  /** Bytes of chunk bodies that the browser has sent, the repeated ones too. */
  readonly carried: number;
  /** The most chunks that were under way at one moment. */
  readonly lanes: number;
  /** The server behind the line. */
  leadTo(server: { readonly port: number }): void;
  /** Holds all chunks back once `bytes` more have come; resolves when that is so. */
  holdAfter(bytes: number): Promise<void>;
  /** Lets everything through again, also what is being held. */
  release(): void;
}

/** Opens a line on a free port of this machine. */
export async function openLink(): Promise<Link> {
  const gate = createGate();
  let port = 0;
  const server = createServer((incoming, answer) => {
    void carry(incoming, answer, { port, gate });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get carried() {
      return gate.carried;
    },
    get lanes() {
      return gate.lanes;
    },
    leadTo: (target) => {
      port = target.port;
    },
    holdAfter: gate.holdAfter,
    release: gate.release,
    async [Symbol.asyncDispose]() {
      gate.release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Gate {
  carried: number;
  lanes: number;
  busy: number;
  holdAfter(bytes: number): Promise<void>;
  release(): void;
  /** Counts bytes and says when they may go on. */
  pass(bytes: number): Promise<void>;
}

function createGate(): Gate {
  let limit = Number.POSITIVE_INFINITY;
  let opened = createDeferred<void>();
  let reached = createDeferred<void>();
  const gate: Gate = {
    carried: 0,
    lanes: 0,
    busy: 0,
    holdAfter(bytes) {
      gate.release();
      limit = gate.carried + bytes;
      reached = createDeferred();
      opened = createDeferred();
      return reached.promise;
    },
    release() {
      limit = Number.POSITIVE_INFINITY;
      opened.resolve();
    },
    async pass(bytes) {
      gate.carried += bytes;
      if (gate.carried < limit) return;
      reached.resolve();
      await opened.promise;
    },
  };
  return gate;
}

interface Way {
  readonly port: number;
  readonly gate: Gate;
}

async function carry(incoming: IncomingMessage, answer: ServerResponse, way: Way): Promise<void> {
  const isChunk = incoming.method === "PUT";
  const outgoing = httpRequest({
    host: "127.0.0.1",
    port: way.port,
    path: incoming.url,
    method: incoming.method,
    headers: { ...incoming.headers, connection: "close" },
    agent: false,
  });
  outgoing.once("response", (from) => {
    const { connection: _, ...headers } = from.headers;
    answer.writeHead(from.statusCode ?? 502, headers);
    pipeline(from, answer).catch(() => answer.destroy());
  });
  outgoing.once("error", () => answer.destroy());
  answer.once("close", () => outgoing.destroy());
  const { gate } = way;
  gate.busy += isChunk ? 1 : 0;
  gate.lanes = Math.max(gate.lanes, gate.busy);
  try {
    await (isChunk ? pipeline(incoming, gateStream(gate), outgoing) : pipeline(incoming, outgoing));
  } catch {
    // One end is gone; the other learns it by its own connection.
    answer.destroy();
  } finally {
    gate.busy -= isChunk ? 1 : 0;
  }
}

function gateStream(gate: Gate): Transform {
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      void gate.pass(bytes.length).then(() => done(null, bytes));
    },
  });
}

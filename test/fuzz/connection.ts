import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";

/** A response read to its end. */
export interface FuzzResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FuzzRequest {
  readonly method: string;
  /** Path and query, sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Sends this many bytes of the body, then destroys the connection. */
  readonly cutAfter?: number;
}

/** Longer than every wait that the server promises (10 s); a response that takes longer is a hang. */
const HANG_MS = 60_000;

/** A client with one keep-alive connection at a time. */
export class FuzzConnection {
  readonly #origin: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(origin: string) {
    this.#origin = origin;
  }

  /**
   * Sends a request and reads the response. Null when the request itself asks for a cut.
   * Rejects when the connection breaks or nothing arrives for 60 seconds: the server must do neither.
   */
  send(ask: FuzzRequest): Promise<FuzzResponse | null> {
    return ask.cutAfter === undefined ? this.#exchange(ask) : this.#cut(ask, ask.cutAfter);
  }

  /** Writes bytes that need not be HTTP; resolves to what the server sent before it closed. */
  raw(bytes: Uint8Array): Promise<string> {
    const { hostname, port } = new URL(this.#origin);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.end(bytes));
      let text = "";
      socket.setTimeout(HANG_MS, () => reject(new Error(`No end after: ${text}`)));
      socket.on("data", (part) => {
        text += part.toString("latin1");
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(ask: FuzzRequest): Promise<FuzzResponse> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#origin, {
        agent: this.#agent,
        method: ask.method,
        path: ask.path,
        headers: headersOf(ask),
      });
      let isAnswered = false;
      outgoing.setTimeout(HANG_MS, () => outgoing.destroy(new Error("No response in 60 s")));
      // The server may close the connection once its response is complete.
      outgoing.on("error", (error) => {
        if (!isAnswered) reject(error);
      });
      outgoing.once("response", (incoming) => {
        isAnswered = true;
        const parts: Buffer[] = [];
        incoming.on("data", (part: Buffer) => parts.push(part));
        incoming.once("error", reject);
        incoming.once("end", () => {
          const { statusCode = 0, headers } = incoming;
          resolve({ status: statusCode, headers, body: Buffer.concat(parts) });
        });
      });
      outgoing.end(ask.body);
    });
  }

  #cut(ask: FuzzRequest, bytes: number): Promise<null> {
    return new Promise((resolve) => {
      const outgoing = request(this.#origin, {
        agent: false,
        method: ask.method,
        path: ask.path,
        // The server has begun to read once it asks for the body: what is sent later comes later.
        headers: { ...headersOf(ask), expect: "100-continue" },
      });
      outgoing.on("error", () => undefined);
      outgoing.once("response", () => outgoing.destroy());
      outgoing.once("close", () => resolve(null));
      outgoing.once("continue", () => {
        outgoing.write(ask.body?.subarray(0, bytes) ?? "", () => outgoing.destroy());
      });
      outgoing.flushHeaders();
    });
  }
}

function headersOf({ body, headers }: FuzzRequest): Record<string, string> {
  const length = body === undefined ? {} : { "content-length": String(body.length) };
  return { ...length, ...headers };
}

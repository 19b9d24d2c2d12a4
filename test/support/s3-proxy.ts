import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that went to the bucket. */
export interface S3Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Of the object or the part, without framing. */
  readonly bytesWritten: number;
  bytesRead: number;
}

/** What happens to a request: passed on; done by the server without a response; not passed on at all. */
export type S3Fault = "pass" | "lose response" | "cut";

/** An HTTP proxy in front of an S3 server, which records requests and can disturb them. */
export interface S3Proxy extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  readonly requests: S3Request[];
  /** Judges each request, which waits for it; every one passes when left out. */
  judge: (request: S3Request) => S3Fault | Promise<S3Fault>;
  /** Forgets the requests so far. */
  reset(): void;
}

/** `target`: without a trailing slash. The Host header stays: it is part of the signature. */
export async function startS3Proxy(target: string): Promise<S3Proxy> {
  const server = createServer((incoming, response) => void serve(incoming, response));
  const requests: S3Request[] = [];

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = incoming;
    const length = headers["x-amz-decoded-content-length"] ?? headers["content-length"] ?? 0;
    const record = {
      method,
      url,
      bytesWritten: method === "PUT" ? Number(length) : 0,
      bytesRead: 0,
    };
    requests.push(record);
    const fault = await proxy.judge(record);
    if (fault === "cut") {
      incoming.socket.destroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const upstream = request({ hostname, port, method, path: url, headers }, (answer) => {
      if (fault === "lose response") {
        answer.resume();
        answer.once("end", () => incoming.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("data", (bytes: Buffer) => {
        if (method === "GET") record.bytesRead += bytes.length;
      });
      answer.pipe(response);
    });
    upstream.once("error", () => incoming.socket.destroy());
    incoming.once("close", () => {
      if (!incoming.complete) upstream.destroy();
    });
    incoming.pipe(upstream);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: S3Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    judge: () => "pass",
    reset: () => void requests.splice(0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

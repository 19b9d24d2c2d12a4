import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What is put wrong in the answers of a tus server. */
export interface Fault {
  /** Only answers to this method; every method when left out. */
  readonly on?: string;
  /** Other values of headers; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly status?: Readonly<Record<number, number>>;
  /** Extensions added to those announced. */
  readonly announce?: readonly string[];
  /** Request headers that do not reach the server. */
  readonly ignore?: readonly string[];
}

/** A proxy before the tus server at `target` that makes it faulty. */
export async function startFaultyTus(
  target: string,
  fault: Fault,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { origin, pathname } = new URL(target);
  const server = createServer((request, response) => {
    const headers = { ...request.headers };
    for (const name of fault.ignore ?? []) delete headers[name];
    const { method, url: path } = request;
    const upstream = httpRequest(origin, { method, path, headers, agent: false });
    upstream.on("error", () => response.destroy());
    upstream.on("response", (answer) => spoil({ method, answer, response, fault }));
    request.pipe(upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${pathname}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function spoil(exchange: {
  method: string | undefined;
  answer: IncomingMessage;
  response: ServerResponse;
  fault: Fault;
}): void {
  const { method, answer, response, fault } = exchange;
  const headers: OutgoingHttpHeaders = { ...answer.headers };
  let status = answer.statusCode ?? 502;
  if (fault.on === undefined || fault.on === method) {
    status = fault.status?.[status] ?? status;
    for (const [name, value] of Object.entries(fault.headers ?? {})) {
      if (value === null) delete headers[name];
      else headers[name] = value;
    }
  }
  const offered = headers["tus-extension"];
  if (offered !== undefined) {
    headers["tus-extension"] = [offered, ...(fault.announce ?? [])].join(",");
  }
  response.writeHead(status, headers);
  answer.pipe(response);
}

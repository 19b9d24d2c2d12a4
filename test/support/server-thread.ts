import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** An HTTP server on a thread of its own: it responds while the caller's event loop is blocked. */
export interface ServerThread extends AsyncDisposable {
  readonly url: string;
  /** Requests so far. */
  requests(): number;
  /** Resolves when the next request has arrived completely. */
  nextRequest(): Promise<void>;
}

/** `respond` runs on the thread: the body of a function of `request`, `response` and `sleep(ms)`. */
export async function startServerThread(respond: string): Promise<ServerThread> {
  const worker = new Worker(threadCode(respond), { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  let requests = 0;
  worker.on("message", () => {
    requests += 1;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    nextRequest: async () => void (await once(worker, "message")),
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

const threadCode = (respond: string) => `
  const { parentPort } = require("node:worker_threads");
  const { setTimeout: sleep } = require("node:timers/promises");
  const respond = async (request, response) => { ${respond} };
  const server = require("node:http").createServer(async (request, response) => {
    for await (const _ of request);
    parentPort.postMessage("request");
    await respond(request, response);
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

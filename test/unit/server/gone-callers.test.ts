import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import type { Door } from "../../../src/doors/http/exchange.ts";
import { serveByDoor } from "../../../src/server/node-mount.ts";
import { silentLog } from "../../support/memory-core.ts";

/** Serves one request by `door`, from a client that disconnects when the door has started, or stops sending. */
async function serveGoneCaller(door: Door, falls: "gone" | "silent" = "gone"): Promise<void> {
  const served = createDeferred<void>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const peer = { address: "", origin: null };
    const exchange = { request, response, url, peer, expectsContinue: false, idleMs: 50 };
    const tools = { log: silentLog, idleTimeoutMs: 60_000 };
    serveByDoor(exchange, door, tools).then(served.resolve, served.reject);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const line = connect((server.address() as AddressInfo).port, "127.0.0.1");
  line.on("error", () => undefined);
  const body = falls === "silent" ? "Content-Length: 2\r\n\r\na" : "\r\n";
  line.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${body}`);
  await once(server, "request");
  if (falls === "gone") line.resetAndDestroy();
  await served.promise;
  server.close();
}

/** A body of which the first piece is read already, as a download's is. */
function openedBody(): { body: AsyncIterable<Uint8Array>; left: () => boolean } {
  let left = false;
  const iterator = {
    next: async () => ({ done: false, value: new Uint8Array(1_000) }),
    return: async () => {
      left = true;
      return { done: true, value: undefined };
    },
  };
  const body = { [Symbol.asyncIterator]: () => iterator } as AsyncIterable<Uint8Array>;
  return { body, left: () => left };
}

describe("the answer to a caller who is gone", () => {
  it("closes the source of its body", async () => {
    const { body, left } = openedBody();
    await serveGoneCaller(async ({ signal }) => {
      if (!signal.aborted) await once(signal, "abort");
      return { status: 200, headers: new Headers(), body };
    });
    expect(left()).toBe(true);
  });

  it("is known to be one when its body fails because the caller fell silent", async () => {
    const known: boolean[] = [];
    await serveGoneCaller(async ({ body, signal }) => {
      const pieces = body ?? [];
      const read = async () => {
        for await (const _piece of pieces);
      };
      await read().catch(() => known.push(signal.aborted));
      return { status: 503, headers: new Headers(), body: null };
    }, "silent");
    expect(known).toEqual([true]);
  });
});

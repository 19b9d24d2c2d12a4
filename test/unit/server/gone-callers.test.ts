import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/adapters/node/clock.ts";
import { createDeferred } from "../../../src/client/deferred.ts";
import type { Door } from "../../../src/doors/http/exchange.ts";
import { serveByDoor } from "../../../src/server/node-mount.ts";
import { silentLog } from "../../support/memory-core.ts";

/** Serves one request by `door`, from a caller who leaves as soon as the door has begun. */
async function serveGoneCaller(door: Door): Promise<void> {
  const served = createDeferred<void>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const peer = { address: "", origin: null };
    const exchange = { request, response, url, peer, expectsContinue: false, idleMs: null };
    const tools = { clock: systemClock, log: silentLog, idleTimeoutMs: 60_000 };
    serveByDoor(exchange, door, tools).then(served.resolve, served.reject);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const line = connect((server.address() as AddressInfo).port, "127.0.0.1");
  line.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(server, "request");
  line.resetAndDestroy();
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
  it("lets go of what it would have been read from", async () => {
    const { body, left } = openedBody();
    await serveGoneCaller(async ({ signal }) => {
      if (!signal.aborted) await once(signal, "abort");
      return { status: 200, headers: new Headers(), body };
    });
    expect(left()).toBe(true);
  });
});

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import type { Body } from "../../../src/core/requests.ts";
import { readBody } from "../../../src/server/request-body.ts";

/** What a body gave before it ended or broke. */
async function readAll(body: Body): Promise<{ bytes: number; failure: unknown }> {
  let bytes = 0;
  try {
    for await (const piece of body) bytes += piece.length;
    return { bytes, failure: null };
  } catch (failure) {
    return { bytes, failure };
  }
}

describe("a request's body", () => {
  it("gives what arrived although the line broke before anybody read", async () => {
    const seen = createDeferred<{ bytes: number; failure: unknown }>();
    const began = createDeferred<void>();
    const server = createServer((request: IncomingMessage) => {
      request.on("error", () => undefined);
      const body = readBody(request, { onBegin: () => undefined, idleMs: null });
      began.resolve();
      request.once("close", () => void readAll(body).then(seen.resolve));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const line = connect((server.address() as AddressInfo).port, "127.0.0.1");
    line.write("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\n");
    line.write(new Uint8Array(10_000));
    await began.promise;
    line.end();
    const { bytes, failure } = await seen.promise;
    expect(bytes).toBe(10_000);
    expect(failure).toBeInstanceOf(Error);
    server.close();
  });
});

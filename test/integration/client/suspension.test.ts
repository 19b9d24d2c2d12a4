import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { fetchFile } from "../../../src/cli/remote/fetch-file.ts";
import { Bearer } from "../../../src/client/bearer.ts";
import { httpTransport } from "../../../src/client/node/http-transport.ts";
import { createUploadClient } from "../../../src/client/node/index.ts";
import { memoryBytes } from "../../../src/client/node/memory-bytes.ts";
import { startServerThread } from "../../support/server-thread.ts";
import { suspend } from "../../support/suspend.ts";

const STALL_MS = 300;

describe("a suspension of the client longer than its stall time", () => {
  it("does not cut a chunk whose response has arrived", async () => {
    await using server = await startServerThread("await sleep(50); response.end('{}');");
    const line = { bearer: new Bearer("up_x"), stallMs: STALL_MS };
    const sending = httpTransport(line).putChunk({
      url: `${server.url}/chunk`,
      body: memoryBytes(new Uint8Array(1_000)),
      start: 0,
      end: 1_000,
      total: 1_000,
      contentDigest: null,
      onSent: () => undefined,
      signal: new AbortController().signal,
    });
    await server.nextRequest();
    suspend(2 * STALL_MS);
    await sending;
    expect(server.requests()).toBe(1);
  });

  it("does not cut a control call whose response has arrived", async () => {
    const body = JSON.stringify([{ result: { data: { json: { items: [] } } } }]);
    await using server = await startServerThread(`
      await sleep(50);
      response.setHeader("content-type", "application/json");
      response.end(${JSON.stringify(body)});
    `);
    const client = createUploadClient({ url: server.url, resume: false, stallMs: STALL_MS });
    const asking = client.trpc.uploads.list.query({});
    await server.nextRequest();
    suspend(2 * STALL_MS);
    expect(await asking).toEqual({ items: [] });
    expect(server.requests()).toBe(1);
  });

  it("does not cut a subscription whose events have arrived", async () => {
    const event = `event: connected\ndata: {"reconnectAfterInactivityMs":${STALL_MS}}\n\n`;
    await using server = await startServerThread(`
      response.setHeader("content-type", "text/event-stream");
      response.write(${JSON.stringify(event)});
      for (;;) {
        await sleep(50);
        response.write('data: {"json":1}\\n\\n');
      }
    `);
    const client = createUploadClient({ url: server.url, resume: false, stallMs: STALL_MS });
    let events = 0;
    const input = { id: crypto.randomUUID() };
    const watching = client.trpc.uploads.watch.subscribe(input, {
      onData: () => {
        events += 1;
      },
    });
    await expect.poll(() => events).toBeGreaterThan(0);
    suspend(2 * STALL_MS);
    const before = events;
    await expect.poll(() => events).toBeGreaterThan(before + 5);
    watching.unsubscribe();
    expect(server.requests()).toBe(1);
  });
  it("does not cut a download whose bytes have arrived", async () => {
    // The stall time is a minute: the clock is moved instead of waiting.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let requests = 0;
    let finish = () => {};
    const server = createServer((_request, response) => {
      requests += 1;
      response.setHeader("content-length", 8).write("half");
      finish = () => response.end("rest");
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close().closeAllConnections());
    const { port } = server.address() as AddressInfo;
    let content = "";
    const sink = {
      get held() {
        return content.length;
      },
      async write(bytes: Uint8Array) {
        content += Buffer.from(bytes);
      },
      async restart() {
        content = "";
      },
    };
    const file = { id: crypto.randomUUID(), size: 8, checksum: "", algorithm: "md5" };
    await fetchFile(file, sink, {
      server: { url: `http://127.0.0.1:${port}` },
      signal: new AbortController().signal,
      onBytes: (held) => {
        if (held === 4) setImmediate(suspendForMinute);
      },
    });
    function suspendForMinute() {
      vi.advanceTimersByTime(60_000);
      finish();
    }
    expect(content).toBe("halfrest");
    expect(requests).toBe(1);
  });
});

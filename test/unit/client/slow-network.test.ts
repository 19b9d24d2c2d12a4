import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { Bearer } from "../../../src/client/bearer.ts";
import { httpTransport } from "../../../src/client/node/http-transport.ts";
import { memoryBytes } from "../../../src/client/node/memory-bytes.ts";
import { slowSockets } from "../../support/slow-sockets.ts";

const SIZE = 320 * 1024;

it("does not treat a slow network as a stall: each write counts as progress", async () => {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end("{}"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const steps: number[] = [];
  // The body takes two seconds. A request without progress fails after twice the stall time.
  using _slow = slowSockets({ stepBytes: 8 * 1024, stepMs: 50 });
  await httpTransport({ bearer: new Bearer("up_x"), stallMs: 600 }).putChunk({
    url: `http://127.0.0.1:${port}/chunk`,
    body: memoryBytes(new Uint8Array(SIZE)),
    start: 0,
    end: SIZE,
    total: SIZE,
    contentDigest: null,
    onSent: (bytes) => steps.push(bytes),
    signal: new AbortController().signal,
  });
  expect(steps.at(-1)).toBe(SIZE);
  expect(steps.length).toBeGreaterThan(4);
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { FaultOdds } from "../../support/fault-plan.ts";
import { startFaultProxy } from "../../support/fault-proxy.ts";
import { send } from "../../support/http-client.ts";
import { startSlowLink } from "../../support/slow-link.ts";

/** A server that answers how many bytes came, and remembers it. */
async function countingServer() {
  const bodies: number[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on("error", () => undefined);
    request.once("close", () => bodies.push(bytes));
    request.once("end", () => response.end(String(bytes)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const body = Buffer.alloc(300_000, 7);
const put = (url: string) => send(url, { method: "PUT", body, headers: sized(body) });
const sized = (bytes: Buffer) => ({ "content-length": String(bytes.length) });

/** What `count` requests come to, one after the other: a status, or the error's code. */
async function outcomes(ask: { target: string; seed: number; odds: FaultOdds; count: number }) {
  await using proxy = await startFaultProxy({ ...ask, stallMs: 20 });
  const seen: string[] = [];
  for (let at = 0; at < ask.count; at += 1) {
    const outcome = await put(`${proxy.url}/${at}`).then(
      (answer) => String(answer.status),
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    seen.push(outcome);
  }
  return { seen, tally: structuredClone(proxy.tally) };
}

describe("the faulty proxy", () => {
  it("passes everything on as it is without odds", async () => {
    await using server = await countingServer();
    const { seen, tally } = await outcomes({ target: server.url, seed: 1, odds: {}, count: 3 });
    expect(seen).toEqual(["200", "200", "200"]);
    expect(tally).toMatchObject({ received: 3 * body.length, passedOn: 3 * body.length });
  });

  it("does the same to the same requests when the seed is the same", async () => {
    await using server = await countingServer();
    const odds = { cut: 0.2, reset: 0.2, stall: 0.1, refuse: 0.2, duplicate: 0.2 };
    const ask = { target: server.url, seed: 42, odds, count: 30 };
    const [first, second] = [await outcomes(ask), await outcomes(ask)];
    // A closed connection is reported as ECONNRESET, EPIPE or a hang-up, depending on the kernel.
    const told = (seen: string[]) => seen.map((outcome) => (/^\d/.test(outcome) ? outcome : "cut"));
    expect(told(second.seen)).toEqual(told(first.seen));
    expect(second.tally.faults).toEqual(first.tally.faults);
    expect(Object.values(first.tally.faults).every((count) => count > 0)).toBe(true);
  });

  it.each(["cut", "reset", "stall"] as const)(
    "ends lines by %s, in requests and answers",
    async (how) => {
      await using server = await countingServer();
      const { seen } = await outcomes({
        target: server.url,
        seed: 9,
        odds: { [how]: 1 },
        count: 12,
      });
      expect(seen.filter((outcome) => /^\d/.test(outcome))).toEqual([]);
      await expect.poll(() => server.bodies.length).toBeGreaterThan(5);
      // Some requests arrived whole, their answers lost; of others only a part arrived.
      expect(server.bodies).toContain(body.length);
      await expect.poll(() => server.bodies.some((bytes) => bytes < body.length)).toBe(true);
    },
  );

  it("refuses instead of passing on", async () => {
    await using server = await countingServer();
    const { seen } = await outcomes({
      target: server.url,
      seed: 3,
      odds: { refuse: 1 },
      count: 30,
    });
    expect([...new Set(seen)].sort()).toEqual(["429", "502", "503"]);
    expect(server.bodies).toEqual([]);
  });

  it("sends a chunk twice, but never the beginning of an upload", async () => {
    await using server = await countingServer();
    await using proxy = await startFaultProxy({
      target: server.url,
      seed: 1,
      odds: { duplicate: 1 },
    });
    expect((await put(`${proxy.url}/chunk`)).status).toBe(200);
    expect(server.bodies).toEqual([body.length, body.length]);
    expect(proxy.tally.passedOn).toBe(2 * proxy.tally.received);
    await send(`${proxy.url}/api/trpc/uploads.init`, { method: "POST", body: "{}" });
    expect(server.bodies).toHaveLength(3);
  });
});

describe("the slow link", () => {
  it("brings everything over, in order", async () => {
    await using server = await countingServer();
    await using link = await startSlowLink({ target: server.url, delayMs: 5, bytesPerSecond: 2e7 });
    const answers = await Promise.all(Array.from({ length: 4 }, () => put(link.url)));
    expect(answers.map(({ body: text }) => text.toString())).toEqual(
      Array.from({ length: 4 }, () => String(body.length)),
    );
  });
});

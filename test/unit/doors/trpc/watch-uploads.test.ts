import superjson from "superjson";
import { describe, expect, it } from "vitest";
import { UploadError } from "../../../../src/core/errors.ts";
import type { UploadEvent } from "../../../../src/core/ports/events.ts";
import type { Principal } from "../../../../src/core/principal.ts";
import type { UploadService } from "../../../../src/core/upload-service.ts";
import type { WatchEvent } from "../../../../src/wire/schemas.ts";
import { alice, aliceTicket, trpcBench, UPLOAD_ID, upload } from "./trpc-door-bench.ts";
import { errorOf } from "./wire-error.ts";

const ALL = "/api/trpc/uploads.watch";
const ONE = `${ALL}?input=${encodeURIComponent(JSON.stringify({ json: { id: UPLOAD_ID } }))}`;

describe("uploads.watch", () => {
  it("emits events of the principal's uploads, each with an id", async () => {
    const { service, asked } = source([
      { type: "progress", upload },
      { type: "completed", upload: { ...upload, version: 8, state: "complete" } },
      { type: "reset", upload: { ...upload, version: 9 }, lostFrom: 5 },
      { type: "deleted", upload: { ...upload, version: 10 } },
    ]);
    await using stream = await watched(service, ALL);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect(stream.response.headers.get("cache-control")).toContain("no-transform");
    const events = [
      await stream.next(),
      await stream.next(),
      await stream.next(),
      await stream.next(),
    ];
    expect(events.map(({ id }) => id)).toEqual([7, 8, 9, 10].map((at) => `${UPLOAD_ID}.${at}`));
    expect(events.map(({ event }) => event.type)).toEqual([
      "progress",
      "completed",
      "reset",
      "deleted",
    ]);
    expect(events[0]?.event).toMatchObject({ upload: { id: UPLOAD_ID, offset: 10, prefix: null } });
    expect(events[3]?.event).toEqual({ type: "deleted", id: UPLOAD_ID });
    expect(asked).toEqual([{ principal: alice, id: undefined }]);
  });

  it("first emits the state of a single watched upload", async () => {
    const { service } = source([{ type: "completed", upload: { ...upload, version: 8 } }]);
    await using stream = await watched(service, ONE);
    expect((await stream.next()).event.type).toBe("progress");
    expect((await stream.next()).event.type).toBe("completed");
  });

  it("does not repeat a state that the client saw before its connection broke", async () => {
    const { service } = source([{ type: "completed", upload: { ...upload, version: 8 } }]);
    await using stream = await watched(service, ONE, {
      headers: { "last-event-id": `${UPLOAD_ID}.7` },
    });
    expect((await stream.next()).event.type).toBe("completed");
  });

  it("accepts any last event id", async () => {
    const { service } = source([]);
    await using stream = await watched(service, ONE, { headers: { "last-event-id": '{"a":[]}' } });
    expect((await stream.next()).event.type).toBe("progress");
  });

  it("returns 404 for another user's upload and unsubscribes", async () => {
    const { service, signals } = source([]);
    const status = () => Promise.reject(new UploadError("NOT_FOUND"));
    const answer = await trpcBench({ service: { ...service, status } }).send(ONE);
    expect([answer.status, (await errorOf(answer)).data.upload.code]).toEqual([404, "NOT_FOUND"]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("is for users, and for the upload of a ticket, with or without its id", async () => {
    const { service, asked } = source([]);
    for (const path of [ALL, ONE]) {
      await using stream = await watched(service, path, { principal: aliceTicket });
      expect((await stream.next()).event.type).toBe("progress");
    }
    expect(asked).toEqual([1, 2].map(() => ({ principal: aliceTicket, id: UPLOAD_ID })));
  });

  it("limits the streams of one user, and counts only open ones", async () => {
    const { service } = source([]);
    const bench = trpcBench({ service, deps: { watchesPerUser: 2 } });
    const lines = [new AbortController(), new AbortController()];
    for (const { signal } of lines) expect((await bench.send(ALL, { signal })).status).toBe(200);
    const full = await bench.send(ALL);
    expect([full.status, (await errorOf(full)).data.upload.code]).toEqual([429, "RATE_LIMITED"]);
    expect(full.headers.get("retry-after")).toBe("10");
    const bob = { ...alice, id: "0190b5a0-0000-4000-8000-00000000000b" };
    expect((await bench.send(ALL, { principal: bob })).status).toBe(200);
    expect((await bench.send(ONE, { principal: aliceTicket })).status).toBe(200);
    lines[0]?.abort();
    await expect.poll(async () => (await bench.send(ALL)).status).toBe(200);
  });

  it("is refused for anonymous clients", async () => {
    const answer = await trpcBench().send(ONE, { principal: { kind: "anonymous" } });
    expect([answer.status, (await errorOf(answer)).data.upload.code]).toEqual([
      401,
      "UNAUTHENTICATED",
    ]);
  });

  it("returns an error status for invalid input", async () => {
    const answer = await trpcBench().send(
      `${ALL}?input=${encodeURIComponent('{"json":{"id":7}}')}`,
    );
    expect(answer.status).toBe(400);
  });

  it("ends when the client's connection breaks", async () => {
    const { service, signals } = source([]);
    const line = new AbortController();
    const answer = await trpcBench({ service }).send(ALL, { signal: line.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    expect(signals[0]?.aborted).toBe(false);
    line.abort();
    while ((await reader?.read())?.done === false);
    expect(signals[0]?.aborted).toBe(true);
  });

  it("ends when the client stops reading", async () => {
    const { service, signals } = source([]);
    const answer = await trpcBench({ service }).send(ALL);
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect.poll(() => signals[0]?.aborted).toBe(true);
  });

  it("sends UNAVAILABLE in the stream, so that a browser reconnects", async () => {
    const bench = trpcBench({
      service: {
        watch: () => ({
          // biome-ignore lint/correctness/useYield: it throws before its first event
          async *[Symbol.asyncIterator]() {
            throw new UploadError("UNAVAILABLE");
          },
        }),
      },
    });
    const answer = await bench.send(ALL);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('"UNAVAILABLE"');
  });
});

/** A service whose `watch` emits these events and then waits until it is aborted. */
function source(events: readonly UploadEvent[]) {
  const asked: object[] = [];
  const signals: AbortSignal[] = [];
  const service: Pick<UploadService, "watch"> = {
    async *watch(principal, { id, signal }) {
      asked.push({ principal, id });
      signals.push(signal);
      yield* events;
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve());
        if (signal.aborted) resolve();
      });
    },
  };
  return { service, asked, signals };
}

async function watched(
  service: Partial<UploadService>,
  path: string,
  ask: { headers?: Record<string, string>; principal?: Principal } = {},
) {
  const response = await trpcBench({ service }).send(path, ask);
  const events = parseEvents(response);
  return {
    response,
    async next(): Promise<{ id: string; event: WatchEvent }> {
      const { value } = await events.next();
      if (value === undefined) throw new Error("the stream ended");
      return value;
    },
    async [Symbol.asyncDispose]() {
      await events.return(undefined);
    },
  };
}

async function* parseEvents(response: Response) {
  let text = "";
  if (response.body === null) return;
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split("\n\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const id = field("id");
      if (id !== undefined && field("event") === undefined) {
        yield { id, event: superjson.parse<WatchEvent>(field("data") ?? "") };
      }
    }
  }
}

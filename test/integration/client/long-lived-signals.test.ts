import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createUploadClient } from "../../../src/client/node/index.ts";
import { bootApp } from "../../support/boot-app.ts";
import { startFaultProxy } from "../../support/fault-proxy.ts";

describe("a signal that outlives many calls", () => {
  it("keeps no listener of a finished control call", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, token: await app.token(), resume: false });
    const { signal } = new AbortController();
    await client.trpc.uploads.list.query({}, { signal });
    await client.trpc.uploads.init.mutate({ filename: "a", size: 1 }, { signal });
    const unknown = { id: crypto.randomUUID() };
    await client.trpc.uploads.status.query(unknown, { signal }).catch(() => undefined);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("still aborts a call in progress", async () => {
    await using app = await bootApp();
    const client = createUploadClient({
      url: app.url,
      token: await app.token(),
      fetch: (_url, init) =>
        new Promise((_, reject) =>
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
        ),
    });
    const leave = new AbortController();
    const call = client.trpc.uploads.list.query({}, { signal: leave.signal });
    leave.abort();
    await expect(call).rejects.toThrow(/abort/i);
    const early = client.trpc.uploads.list.query({}, { signal: AbortSignal.abort() });
    await expect(early).rejects.toThrow(/abort/i);
  });

  it("causes no leak warning while a stream is interrupted many times", async () => {
    await using app = await bootApp();
    const odds = { cut: 0.3, reset: 0.3, stall: 0, refuse: 0, duplicate: 0 };
    await using proxy = await startFaultProxy({ target: app.url, seed: 5, odds });
    const retry = { baseMs: 1, maxMs: 5, attempts: 100 };
    const token = await app.token();
    const client = createUploadClient({ url: proxy.url, token, resume: false, retry });
    const warnings: string[] = [];
    const hear = (warning: Error) => warnings.push(warning.name);
    process.on("warning", hear);
    const pieces = Readable.from(Array.from({ length: 30 }, (_, at) => Buffer.alloc(65_536, at)));
    await client.upload(pieces, { filename: "stream", chunkSize: 65_536 }).done;
    process.off("warning", hear);
    expect(warnings).toEqual([]);
  });
});

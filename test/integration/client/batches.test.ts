import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { readFailure } from "../../../src/client/failure.ts";
import { createUploadClient } from "../../../src/client/node/index.ts";
import { bootApp } from "../../support/boot-app.ts";

async function listening(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    client: createUploadClient({ url: `http://127.0.0.1:${port}`, resume: false }),
    async [Symbol.asyncDispose]() {
      server.close().closeAllConnections();
      await once(server, "close");
    },
  };
}

describe("calls made at the same time", () => {
  it("are sent in requests of at most ten, and each receives its own result", async () => {
    await using app = await bootApp();
    const sizes: number[] = [];
    const client = createUploadClient({
      url: app.url,
      token: await app.token(),
      resume: false,
      fetch: (url, init) => {
        sizes.push(new URL(String(url)).pathname.split(",").length);
        return fetch(url, init);
      },
    });
    const { init, status } = client.trpc.uploads;
    const names = Array.from({ length: 12 }, (_, index) => `file ${index}`);
    const created = await Promise.all(names.map((filename) => init.mutate({ filename, size: 1 })));
    expect(sizes).toEqual([10, 2]);
    const found = await Promise.allSettled([
      ...created.map(({ id }) => status.query({ id })),
      status.query({ id: crypto.randomUUID() }),
    ]);
    expect(sizes).toEqual([10, 2, 10, 3]);
    expect(found.slice(0, 12)).toMatchObject(names.map((filename) => ({ value: { filename } })));
    const reasons = found.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(reasons.map((reason) => readFailure(reason).code)).toEqual(["NOT_FOUND"]);
  });

  it("do not fail because the input of one of them cannot be serialised", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, token: await app.token(), resume: false });
    const broken = {
      get filename(): string {
        throw new Error("unreadable");
      },
    };
    const [bad, good] = await Promise.allSettled([
      client.trpc.uploads.init.mutate(broken),
      client.trpc.uploads.init.mutate({ filename: "a" }),
    ]);
    expect(bad.status === "rejected" && readFailure(bad.reason).code).toBe("INVALID_INPUT");
    expect(good).toMatchObject({ status: "fulfilled", value: { filename: "a" } });
  });

  it("are aborted one by one, and the request with the last one", async () => {
    const seen: string[] = [];
    await using server = await listening((request) => {
      seen.push("request");
      request.once("close", () => seen.push("closed"));
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const { list } = server.client.trpc.uploads;
    const calls = [first, second].map(({ signal }) => list.query({}, { signal }));
    await expect.poll(() => seen).toEqual(["request"]);
    first.abort();
    await expect(calls[0]).rejects.toThrow(/abort/i);
    expect(seen).toEqual(["request"]);
    second.abort();
    await expect(calls[1]).rejects.toThrow(/abort/i);
    await expect.poll(() => seen).toEqual(["request", "closed"]);
  });

  it("fail when the response is JSON of another server", async () => {
    await using server = await listening((_request, response) => {
      response.setHeader("content-type", "application/json").end('{"hello":1}');
    });
    const failure = await server.client.trpc.uploads.list.query({}).catch(readFailure);
    expect(failure).toMatchObject({ code: "UNEXPECTED", details: { foreign: true } });
  });
});

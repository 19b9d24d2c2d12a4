import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createUploadClient } from "../../../src/client/node/index.ts";
import { bootApp } from "../../support/boot-app.ts";

interface Seen {
  readonly method: string;
  /** The length of the request's URL in bytes. */
  readonly length: number;
  readonly status: number;
}

interface StrictProxy extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
}

/** A proxy that refuses URLs longer than `limit` bytes with `status` and a page of its own. */
async function strictProxy(target: string, limit: number, status = 414): Promise<StrictProxy> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { url = "", method = "", headers } = request;
    const note = (answered: number) => seen.push({ method, length: url.length, status: answered });
    if (url.length > limit) {
      note(status);
      request.resume();
      response.writeHead(status, { "content-type": "text/html" }).end("<h1>Too long</h1>");
      return;
    }
    const outgoing = httpRequest(target, { path: url, method, headers, agent: false });
    outgoing.once("response", (incoming) => {
      note(incoming.statusCode ?? 0);
      response.writeHead(incoming.statusCode ?? 0, incoming.headers);
      incoming.pipe(response);
    });
    request.pipe(outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** 200 characters that take nine bytes each in a URL. */
const longName = (index: number) => `${index}${"ไ".repeat(199)}`;

describe("queries with long inputs", () => {
  it("are sent in URLs of at most 7,500 bytes, several per request", async () => {
    await using app = await bootApp();
    await using proxy = await strictProxy(app.url, 7_500);
    const { trpc } = createUploadClient({ url: proxy.url, token: await app.token() });
    const { id } = await trpc.uploads.init.mutate({ filename: longName(4), size: 9 });
    const found = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((index) =>
        trpc.uploads.resumable.query({ filename: longName(index), size: 9 }),
      ),
    );
    expect(found.map((uploads) => uploads.map((upload) => upload.id))).toEqual([
      ...[[], [], [], []],
      [id],
      [],
    ]);
    const queries = proxy.seen.filter(({ method }) => method === "GET");
    expect(queries).toHaveLength(2);
    expect(proxy.seen.map(({ status }) => status)).not.toContain(414);
  });

  it.each([414, 431])("are split when a proxy refuses them with %i", async (status) => {
    await using app = await bootApp();
    await using proxy = await strictProxy(app.url, 2_500, status);
    const { trpc } = createUploadClient({ url: proxy.url, token: await app.token() });
    const { id } = await trpc.uploads.init.mutate({ filename: longName(2), size: 9 });
    const [none, stats, found] = await Promise.allSettled([
      trpc.uploads.resumable.query({ filename: longName(1), size: 9 }),
      trpc.admin.stats.query({}),
      trpc.uploads.resumable.query({ filename: longName(2), size: 9 }),
    ]);
    expect(none).toMatchObject({ status: "fulfilled", value: [] });
    expect(stats).toMatchObject({ status: "rejected", reason: { data: { httpStatus: 404 } } });
    expect(found).toMatchObject({ status: "fulfilled", value: [{ id }] });
    expect(proxy.seen[1]).toMatchObject({ method: "GET", status });
  });

  it("are sent as POST when a single one does not fit into a URL", async () => {
    await using app = await bootApp();
    await using proxy = await strictProxy(app.url, 7_500);
    const { trpc } = createUploadClient({ url: proxy.url, token: await app.token() });
    const filename = "ไ".repeat(1_024);
    const { id } = await trpc.uploads.init.mutate({ filename, size: 9 });
    const found = await trpc.uploads.resumable.query({ filename, size: 9 });
    expect(found.map((upload) => upload.id)).toEqual([id]);
    expect(proxy.seen.map(({ method }) => method)).toEqual(["POST", "POST"]);
  });
});

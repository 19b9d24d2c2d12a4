import { createServer, type ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { readFailure } from "../../../src/client/failure.ts";
import { createUploadClient, type UploadClient } from "../../../src/client/node/index.ts";
import { listen } from "../../../src/server/serve.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { freePort } from "../../support/free-port.ts";

const fast = { resume: false, retry: { baseMs: 20, maxMs: 100 } } as const;
const bytes = Buffer.alloc(300_000, 7);

/** The events of a subscription, in order, and its end. */
function listenTo({ trpc }: UploadClient, input?: { id: string }) {
  const events: string[] = [];
  const failures: string[] = [];
  const subscription = trpc.uploads.watch.subscribe(input, {
    onStarted: () => events.push("started"),
    onData: ({ data }) =>
      events.push(data.type === "deleted" ? "deleted" : `${data.type} ${data.upload.offset}`),
    onError: (error) => failures.push(readFailure(error).code),
    onComplete: () => events.push("over"),
  });
  return { events, failures, leave: () => subscription.unsubscribe() };
}

/** A `fetch` that records the requested URLs. */
function recordingFetch(headers: Record<string, string> = {}) {
  const urls: string[] = [];
  const record: typeof fetch = (input, init) => {
    urls.push(String(input));
    const all = new Headers(init?.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return fetch(input, { ...init, headers: all });
  };
  return { urls, fetch: record };
}

async function createUnfinished(app: BootedApp) {
  const service = createUploadClient({ url: app.url, token: await app.token(), ...fast });
  const { id } = await service.trpc.uploads.init.mutate({
    filename: "film",
    size: bytes.length,
    chunkSize: 100_000,
  });
  const { ticket } = await service.trpc.uploads.ticket.mutate({ id, expiresInSeconds: 60 });
  return { service, id, ticket };
}

describe("watching uploads from Node", () => {
  it("receives events with a token, a cookie or a ticket, and sends no credential in a URL", async () => {
    await using app = await bootApp();
    const { service, id, ticket } = await createUnfinished(app);
    const token = await app.token();
    const cookie = await app.sessionCookie();
    const fetches = [recordingFetch(), recordingFetch({ cookie }), recordingFetch()] as const;
    const watchers = [
      listenTo(createUploadClient({ url: app.url, token, fetch: fetches[0].fetch, ...fast })),
      listenTo(createUploadClient({ url: app.url, fetch: fetches[1].fetch, ...fast }), { id }),
      listenTo(
        createUploadClient({ url: app.url, token: ticket, fetch: fetches[2].fetch, ...fast }),
      ),
    ];
    for (const { events } of watchers) await expect.poll(() => events).toContain("started");
    // A subscription to one upload starts with its current state.
    for (const { events } of watchers.slice(1))
      await expect.poll(() => events).toContain("progress 0");

    await service.continueUpload(bytes, { uploadId: id }).done;
    for (const { events } of watchers)
      await expect.poll(() => events).toContain("completed 300000");
    await service.trpc.uploads.delete.mutate({ id });
    for (const { events, failures, leave } of watchers) {
      await expect.poll(() => events.at(-1)).toBe("deleted");
      expect(failures).toEqual([]);
      leave();
      expect(events.at(-1)).toBe("over");
    }
    const urls = fetches.flatMap((one) => one.urls);
    expect(urls).toHaveLength(3);
    const secrets = [token, ticket, cookie.replace(/^.*?=/, "")];
    for (const url of urls) {
      for (const secret of secrets) expect(decodeURIComponent(url)).not.toContain(secret);
    }
  });

  it("continues after a restart of the server, repeats no event, and renews the token", async () => {
    await using app = await bootApp();
    const { service, id } = await createUnfinished(app);
    const session = app.client({ cookie: await app.sessionCookie() });
    let tokens = 0;
    const token = async () => {
      tokens += 1;
      return app.token();
    };
    const watcher = listenTo(createUploadClient({ url: app.url, token, ...fast }), { id });
    await expect.poll(() => watcher.events).toEqual(["started", "progress 0"]);
    const mine = await service.trpc.uploads.status.query({ id });
    for (const { id: tokenId, name } of await session.tokens.list.query()) {
      if (name === "test") await session.tokens.revoke.mutate({ id: tokenId });
    }
    await app.restart();
    await expect.poll(() => watcher.events, { timeout: 10_000 }).toHaveLength(3);
    expect(watcher.events).toEqual(["started", "progress 0", "started"]);
    expect(tokens).toBe(2);

    const again = createUploadClient({ url: app.url, token: await app.token(), ...fast });
    await again.continueUpload(bytes, { uploadId: mine.id }).done;
    await expect.poll(() => watcher.events.at(-1)).toBe("completed 300000");
    watcher.leave();
    expect(watcher.failures).toEqual([]);
  });

  it("fails with the server's code when it is refused permanently", async () => {
    await using app = await bootApp();
    const { id } = await createUnfinished(app);
    const stranger = await app.token(await app.createUser());
    const foreign = listenTo(createUploadClient({ url: app.url, token: stranger, ...fast }), {
      id,
    });
    await expect.poll(() => foreign.failures).toEqual(["NOT_FOUND"]);
    const nobody = listenTo(createUploadClient({ url: app.url, token: "wrong", ...fast }));
    await expect.poll(() => nobody.failures).toEqual(["UNAUTHENTICATED"]);
    let tokens = 0;
    const token = () => {
      tokens += 1;
      return "wrong";
    };
    const stubborn = listenTo(createUploadClient({ url: app.url, token, ...fast }));
    await expect.poll(() => stubborn.failures).toEqual(["UNAUTHENTICATED"]);
    expect(tokens).toBe(4);
  });

  it("closes the connection when it is unsubscribed", async () => {
    await using app = await bootApp();
    const { service, id } = await createUnfinished(app);
    const left = new Promise<void>((resolve) => {
      app.server.on("request", ({ url }, response) => {
        if (url?.includes("watch")) response.once("close", resolve);
      });
    });
    const watcher = listenTo(service, { id });
    await expect.poll(() => watcher.events).toContain("progress 0");
    watcher.leave();
    await left;
    await service.continueUpload(bytes, { uploadId: id }).done;
    expect(watcher.events).toEqual(["started", "progress 0", "over"]);
  });
});

describe("watching over a bad connection", () => {
  it("reconnects after silence, a proxy's page, a cut, no response and an error, and ends when the server ends it", async () => {
    const lastEventIds: string[] = [];
    const event = (name: string, data: unknown) =>
      `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    const connected = event("connected", { reconnectAfterInactivityMs: 50 });
    const message = (at: number) =>
      `data: ${JSON.stringify({ json: { type: "deleted", id: `${at}` } })}\nid: ${at}\n\n`;
    const away = { json: { code: -32603, message: "", data: { upload: { code: "UNAVAILABLE" } } } };
    const stream = (response: ServerResponse, text: string) =>
      response.writeHead(200, { "content-type": "text/event-stream" }).write(text);
    const responses: ((response: ServerResponse) => void)[] = [
      (response) => stream(response, connected + message(1)),
      (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>502</h1>"),
      (response) => response.destroy(),
      () => undefined,
      (response) => stream(response, connected + event("serialized-error", away)),
      (response) => stream(response, connected + message(2) + event("return", "")),
    ];
    const server = createServer((request, response) => {
      const input = new URL(request.url ?? "", "http://host").searchParams.get("input");
      lastEventIds.push(JSON.parse(input ?? "").json.lastEventId ?? "");
      responses.shift()?.(response);
    });
    const port = await freePort();
    await listen(server, { host: "127.0.0.1", port });
    const watcher = listenTo(
      createUploadClient({ url: `http://127.0.0.1:${port}`, stallMs: 300, ...fast }),
    );
    await expect.poll(() => watcher.events.at(-1), { timeout: 10_000 }).toBe("over");
    server.closeAllConnections();
    server.close();
    expect(watcher.failures).toEqual([]);
    expect(watcher.events.filter((what) => what === "deleted")).toHaveLength(2);
    expect(lastEventIds).toEqual(["", "1", "1", "1", "1", "1"]);
    expect(responses).toEqual([]);
  });
});

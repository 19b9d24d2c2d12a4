import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { chunkHeaders, openConnection, send } from "../../support/http-client.ts";
import { httpServerOver, type SecondServer } from "../../support/http-server-over.ts";

/** The facts of the lines of requests, once there are `count` of them. */
async function linesOf({ entries }: SecondServer, count: number): Promise<object[]> {
  for (;;) {
    const lines = entries.filter(({ message }) => message === "request");
    if (lines.length >= count) return lines.map(({ facts }) => facts);
    await sleep(10);
  }
}

describe("the log", () => {
  it("has a line for each request, with its sender and what it moved", async () => {
    await using app = await bootApp();
    await using server = await httpServerOver(app);
    const user = await app.user();
    const token = await app.token(user);
    const { id } = await app.client(token).uploads.init.mutate({ filename: "a", size: 100_000 });
    const path = `/api/uploads/${id}`;
    const headers = chunkHeaders(token, { start: 0, length: 100_000, total: 100_000 });
    await send(server.url + path, {
      method: "PUT",
      headers: { ...headers, "x-request-id": "trace-7" },
      body: new Uint8Array(100_000),
    });
    const [line] = await linesOf(server, 1);
    expect(line).toEqual({
      ...{ method: "PUT", door: "raw", path, status: 200, principal: user.id },
      ...{ bytesIn: expect.any(Number), bytesOut: expect.any(Number), ms: expect.any(Number) },
      requestId: "trace-7",
    });
    expect(line).toMatchObject({
      bytesIn: expect.toSatisfy((bytes) => bytes > 100_000 && bytes < 101_000),
      bytesOut: expect.toSatisfy((bytes) => bytes > 300 && bytes < 3_000),
    });
  });

  it("names the door and the kind of principal, and counts each request of a connection alone", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_ALLOW_ANONYMOUS: "true" } });
    await using server = await httpServerOver(app);
    await using line = await openConnection(server.url);
    const statuses = { "/api/health": 200, "/api/tus": 405, "/page?a=s3cret": 404, "/%zz": 400 };
    for (const [path, status] of Object.entries(statuses)) {
      await line.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await line.waitFor(`HTTP/1.1 ${status}`);
    }
    await line.ended();
    const lines = await linesOf(server, 4);
    expect(lines).toMatchObject([
      { door: "health", path: "/api/health", status: 200, principal: null, bytesIn: 37 },
      { door: "tus", path: "/api/tus", principal: "anonymous" },
      { door: "page", path: "/page", status: 404, principal: null },
      { door: null, path: "/%zz", status: 400, principal: null },
    ]);
  });

  it("shows no token, cookie, query or content", async () => {
    await using app = await bootApp();
    await using server = await httpServerOver(app);
    const token = await app.token();
    const cookie = await app.sessionCookie();
    const query =
      "/api/trpc/uploads.list?input=%7B%22json%22%3A%7B%22search%22%3A%22s3cret%22%7D%7D";
    await send(server.url + query, { headers: { authorization: `Bearer ${token}` } });
    await send(`${server.url}/api/trpc/tokens.list?callbackUrl=s3cret`, { headers: { cookie } });
    await send(`${server.url}/api/uploads/x#s3cret`, { method: "PUT", body: "s3cret" });
    await linesOf(server, 3);
    const text = JSON.stringify(server.entries);
    for (const secret of [token, cookie, "s3cret"]) expect(text).not.toContain(secret);
  });

  it("says when a client left before the response ended", async () => {
    await using app = await bootApp();
    await using server = await httpServerOver(app, {
      fallback: () => new Promise(() => undefined),
    });
    await using line = await openConnection(server.url);
    await line.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    await sleep(50);
    line.socket.resetAndDestroy();
    const [facts] = await linesOf(server, 1);
    expect(facts).toMatchObject({ path: "/slow", status: null, aborted: true });
  });
});

describe("X-Request-Id", () => {
  it("is echoed by every door when it is well-formed, and made up otherwise", async () => {
    await using app = await bootApp();
    const paths = ["/api/health", "/api/uploads/x", "/api/chunked_upload", "/api/tus/x"];
    for (const path of [...paths, "/api/trpc/uploads.list", "/nowhere", "/%zz"]) {
      const headers = { "x-request-id": "4bf92f3577b34da6:00f067aa" };
      const answer = await send(app.url + path, { headers });
      expect(answer.headers["x-request-id"], path).toBe("4bf92f3577b34da6:00f067aa");
      expect(answer.headers["x-content-type-options"], path).toBe("nosniff");
    }
    for (const id of ["a b", '"', "x".repeat(129), "é"]) {
      const answer = await send(`${app.url}/api/health`, { headers: { "x-request-id": id } });
      expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("may be read by scripts of other origins", async () => {
    await using app = await bootApp();
    const answer = await send(`${app.url}/api/uploads/x`);
    expect(answer.headers["access-control-expose-headers"]).toContain("X-Request-Id");
  });

  it("reaches what runs behind the server", async () => {
    await using app = await bootApp({
      fallback: async (request, response) => {
        response.end(String(request.headers["x-request-id"]));
      },
    });
    const answer = await send(`${app.url}/page`, { headers: { "x-request-id": "a b" } });
    expect(answer.body.toString()).toBe(answer.headers["x-request-id"]);
  });
});

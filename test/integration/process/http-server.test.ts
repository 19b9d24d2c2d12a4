import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { chunkHeaders, openConnection, send } from "../../support/http-client.ts";

const total = 40 * 2 ** 20;

async function begin(env: Record<string, string> = {}) {
  const app = await bootApp({ env });
  const token = await app.token();
  const client = app.client(token);
  const { id } = await client.uploads.init.mutate({ filename: "film.bin", size: total });
  return { app, token, client, id, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

function head(path: string, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `PUT ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join("")}\r\n`;
}

describe("the HTTP server", () => {
  it("has no limit on how long a request lasts", async () => {
    await using app = await bootApp();
    expect(app.server.requestTimeout).toBe(0);
    expect(app.server.headersTimeout).toBeGreaterThan(0);
  });

  it("ends a body that gives no byte, and keeps what arrived", async () => {
    await using upload = await begin({ IDLE_TIMEOUT: "300ms" });
    await using line = await openConnection(upload.app.url);
    const headers = chunkHeaders(upload.token, { start: 0, length: total, total });
    await line.write(head(`/api/uploads/${upload.id}`, headers));
    await line.write(new Uint8Array(3_000_000).fill(7));
    const answer = await line.waitFor("\r\n\r\n");
    expect(answer).toContain("HTTP/1.1 503");
    const { offset } = await upload.client.uploads.status.query({ id: upload.id });
    expect(offset).toBe(3_000_000);
  });

  it("ends a silent control request", async () => {
    await using upload = await begin({ IDLE_TIMEOUT: "300ms" });
    await using line = await openConnection(upload.app.url);
    const request = [
      "POST /api/trpc/uploads.init HTTP/1.1",
      "Host: localhost",
      `Authorization: Bearer ${upload.token}`,
      "Content-Type: application/json",
      "Content-Length: 1000",
      "",
      "{",
    ];
    await line.write(request.join("\r\n"));
    await line.ended();
  });

  it("keeps what arrived of a body whose line breaks", async () => {
    await using upload = await begin();
    await using line = await openConnection(upload.app.url);
    const headers = chunkHeaders(upload.token, { start: 0, length: total, total });
    await line.write(head(`/api/uploads/${upload.id}`, headers));
    await line.write(new Uint8Array(1_234_567));
    line.socket.end();
    await line.ended();
    await expect
      .poll(async () => (await upload.client.uploads.status.query({ id: upload.id })).offset)
      .toBe(1_234_567);
  });

  it("answers early and lets the caller hear it, however much is still to come", async () => {
    await using upload = await begin();
    const headers = chunkHeaders("up_wrong", { start: 0, length: total, total });
    let sent = 0;
    async function* body() {
      for (; sent < total; sent += 65_536) yield new Uint8Array(65_536);
    }
    const answer = await send(`${upload.app.url}/api/uploads/${upload.id}`, {
      method: "PUT",
      headers,
      body: body(),
    });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("answers early when the caller sends for ever without reading, and then hangs up", async () => {
    await using upload = await begin();
    await using line = await openConnection(upload.app.url);
    const headers = chunkHeaders("up_wrong", { start: 0, length: 2 ** 40, total: 2 ** 40 });
    await line.write(head(`/api/uploads/${upload.id}`, headers));
    await line.waitFor("HTTP/1.1 401");
    await line.ended();
  });

  it("keeps the connection when a refused body is short", async () => {
    await using upload = await begin();
    await using line = await openConnection(upload.app.url);
    const headers = chunkHeaders("up_wrong", { start: 0, length: 1000, total });
    await line.write(head(`/api/uploads/${upload.id}`, headers));
    await line.waitFor("HTTP/1.1 401");
    await line.write(new Uint8Array(1000));
    await line.write("GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await line.waitFor("HTTP/1.1 200");
  });

  it("asks for a body only when somebody is let in", async () => {
    await using upload = await begin();
    await using line = await openConnection(upload.app.url);
    const path = `/api/uploads/${upload.id}`;
    const chunk = { start: 0, length: 5, total };
    const expecting = { expect: "100-continue" };
    await line.write(head(path, { ...chunkHeaders("up_wrong", chunk), ...expecting }));
    expect(await line.waitFor("HTTP/1.1 401")).not.toContain("100 Continue");
    await using second = await openConnection(upload.app.url);
    await second.write(head(path, { ...chunkHeaders(upload.token, chunk), ...expecting }));
    await second.waitFor("100 Continue");
    await second.write("hello");
    await second.waitFor("HTTP/1.1 200");
  });

  it.each(["/%", "/%zz/x", "/api/uploads/%E0%A4%A", "/%00", "/a%2", "*x"])(
    "refuses the malformed path %s with 400",
    async (path) => {
      await using app = await bootApp();
      await using line = await openConnection(app.url);
      await line.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      expect(await line.waitFor("\r\n\r\n")).toContain("HTTP/1.1 400");
    },
  );

  it("refuses malformed paths in the tongue of the other errors", async () => {
    await using app = await bootApp();
    const answer = await send(`${app.url}/%zz`);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json()).toMatchObject({ status: 400, code: "INVALID_INPUT" });
  });

  it("answers what is no HTTP with 400", async () => {
    await using app = await bootApp();
    await using line = await openConnection(app.url);
    await line.write("nonsense\r\n\r\n");
    await line.waitFor("HTTP/1.1 400");
  });

  it("gives a finished file to a reader who leaves in the middle, and goes on serving", async () => {
    await using app = await bootApp();
    const token = await app.token();
    const client = app.client(token);
    const bytes = new Uint8Array(8 * 2 ** 20).fill(1);
    const { id } = await client.uploads.init.mutate({ filename: "a", size: bytes.length });
    const put = await send(`${app.url}/api/uploads/${id}`, {
      method: "PUT",
      headers: chunkHeaders(token, { start: 0, length: bytes.length, total: bytes.length }),
      body: bytes,
    });
    expect(put.status).toBe(200);
    const { prefix } = await client.uploads.status.query({ id });
    await client.uploads.complete.mutate({ id, checksum: prefix?.checksum });
    await using line = await openConnection(app.url);
    line.socket.once("data", () => line.socket.resetAndDestroy());
    await line.write(
      `GET /api/uploads/${id}/file HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await line.ended();
    const whole = await send(`${app.url}/api/uploads/${id}/file`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(whole.body.equals(bytes)).toBe(true);
  });
});

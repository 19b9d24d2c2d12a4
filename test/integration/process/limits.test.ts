import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { openConnection, type RawConnection, send } from "../../support/http-client.ts";
import { httpServerOver } from "../../support/http-server-over.ts";

/** Sends one byte of a body every 50 ms until the server ends the connection. Returns the bytes sent. */
async function trickle(line: RawConnection): Promise<number> {
  let over = false;
  let sent = 0;
  void line.ended().then(() => {
    over = true;
  });
  while (!over) {
    await line.write("a").catch(() => undefined);
    sent += 1;
    await sleep(50);
  }
  return sent;
}

const head = (path: string, headers: Record<string, string>) =>
  [
    `${headers["content-range"] === undefined ? "POST" : "PUT"} ${path} HTTP/1.1`,
    "Host: x",
    "Content-Length: 1000",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "\r\n",
  ].join("\r\n");

const chunk = {
  "content-type": "application/octet-stream",
  "content-range": "bytes 0-999/1000",
};

describe("a body that comes a byte now and then", () => {
  const bodyDeadline = { graceMs: 300, bytesPerSecond: 1_000 };

  it("is ended in front of the pages", async () => {
    await using app = await bootApp();
    const fallback = () => new Promise<void>(() => undefined);
    await using server = await httpServerOver(app, { bodyDeadline, fallback });
    await using line = await openConnection(server.url);
    await line.write(head("/api/auth/callback/credentials", {}));
    expect(await trickle(line)).toBeLessThan(1_000);
  });

  it("is ended when it is an anonymous upload's, and what arrived is kept", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_ALLOW_ANONYMOUS: "true" } });
    await using server = await httpServerOver(app, { bodyDeadline });
    const { uploads } = app.client();
    const { id } = await uploads.init.mutate({ filename: "a", size: 1_000 });
    await using line = await openConnection(server.url);
    await line.write(head(`/api/uploads/${id}`, chunk));
    expect(await trickle(line)).toBeLessThan(1_000);
    await expect.poll(async () => (await uploads.status.query({ id })).offset).toBeGreaterThan(0);
  });

  it("goes on when a signed-in user sends it", async () => {
    await using app = await bootApp();
    await using server = await httpServerOver(app, { bodyDeadline });
    const token = await app.token();
    const { uploads } = app.client(token);
    const { id } = await uploads.init.mutate({ filename: "a", size: 1_000 });
    await using line = await openConnection(server.url);
    await line.write(head(`/api/uploads/${id}`, { ...chunk, authorization: `Bearer ${token}` }));
    for (let sent = 0; sent < 20; sent += 1) {
      await line.write("a");
      await sleep(50);
    }
    await line.write("a".repeat(980));
    await line.waitFor("HTTP/1.1 200");
  });
});

describe("MAX_CONNECTIONS", () => {
  it("closes what comes beyond it, and says so in the log", async () => {
    await using app = await bootApp();
    await using server = await httpServerOver(app, { maxConnections: 1 });
    await using first = await openConnection(server.url);
    await using second = await openConnection(server.url);
    await second.ended();
    await first.write("GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n");
    await first.waitFor("HTTP/1.1 200");
    expect(server.entries).toContainEqual(
      expect.objectContaining({ level: "warn", facts: { dropped: 1, maxConnections: 1 } }),
    );
  });

  it("is taken from the settings", async () => {
    await using app = await bootApp({ env: { MAX_CONNECTIONS: "7" } });
    expect(app.server.maxConnections).toBe(7);
    expect((await send(`${app.url}/api/health`)).status).toBe(200);
  });
});

describe("the Host header", () => {
  const statusOf = async (url: string, lines: string) => {
    await using line = await openConnection(url);
    await line.write(`GET /api/health HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`);
    return /HTTP\/1\.1 (\d+)/.exec(await line.waitFor("\r\n\r\n"))?.[1];
  };

  it("is given once, and is valid (RFC 9112, section 3.2)", async () => {
    await using app = await bootApp();
    const refused = [
      "Host: a.example\r\nHost: b.example\r\n",
      "Host: a.example\r\nhost: a.example\r\n",
      "Host: u:p@a.example\r\n",
      "Host: a.example/x\r\n",
      "Host: a b\r\n",
    ];
    for (const lines of refused) expect(await statusOf(app.url, lines), lines).toBe("400");
    for (const host of ["a_b.example:80", "[::1]:3000", "127.0.0.1"]) {
      expect(await statusOf(app.url, `Host: ${host}\r\nX-Name: host\r\n`), host).toBe("200");
    }
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { openConnection } from "../../support/http-client.ts";
import { suspend } from "../../support/suspend.ts";
import { TUS_TYPE, tusCaller } from "../../support/tus-client.ts";

const IDLE_MS = 400;
const env = { IDLE_TIMEOUT: `${IDLE_MS}ms` };

describe("a suspension of the server longer than IDLE_TIMEOUT", () => {
  it("does not cut an upload that is being sent", async () => {
    await using app = await bootApp({ env });
    const authorization = `Bearer ${await app.token()}`;
    const tus = tusCaller(app.url, { authorization });
    const { pathname } = new URL(await tus.create({ "upload-length": "4" }));
    await using line = await openConnection(app.url);
    const lines = [
      ...[`PATCH ${pathname} HTTP/1.1`, "Host: localhost", `Authorization: ${authorization}`],
      ...["Tus-Resumable: 1.0.0", `Content-Type: ${TUS_TYPE}`, "Upload-Offset: 0"],
    ];
    await line.write(`${lines.join("\r\n")}\r\nContent-Length: 4\r\n\r\n`);
    for (const part of ["a", "b", "c"]) {
      await sleep(IDLE_MS / 4);
      line.socket.write(part);
      suspend(2 * IDLE_MS);
    }
    line.socket.write("d");
    expect(await line.waitFor("\r\n\r\n")).toMatch(/HTTP\/1\.1 204[\s\S]*upload-offset: 4/i);
  });

  it("does not cut a control request that is being sent", async () => {
    await using app = await bootApp({ env });
    await using line = await openConnection(app.url);
    const body = JSON.stringify({ json: { filename: "a" } });
    const lines = [
      ...["POST /api/trpc/uploads.init HTTP/1.1", "Host: localhost"],
      ...[`Authorization: Bearer ${await app.token()}`, "Content-Type: application/json"],
    ];
    await line.write(`${lines.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n`);
    for (const at of [0, 5, 10]) {
      await sleep(IDLE_MS / 4);
      line.socket.write(body.slice(at, at + 5));
      suspend(2 * IDLE_MS);
    }
    line.socket.write(body.slice(15));
    await line.waitFor("HTTP/1.1 200");
  });

  it("does not lose a request on a connection that was idle for the keep-alive time", async () => {
    await using app = await bootApp();
    app.server.keepAliveTimeout = 1;
    await using line = await openConnection(app.url);
    const ask = "GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    await line.write(ask);
    await line.waitFor("ok");
    line.socket.write(ask.replace("health", "health?again"));
    // Node adds a second to the time that it announces.
    suspend(1_500);
    await expect.poll(() => line.received().match(/HTTP\/1\.1 200/g)?.length).toBe(2);
  });
});

describe("a request whose response takes longer than IDLE_TIMEOUT", () => {
  it("is not cut", async () => {
    await using app = await bootApp({
      env,
      fallback: async (_request, response) => {
        await sleep(3 * IDLE_MS);
        response.end("done");
      },
    });
    await using line = await openConnection(app.url);
    await line.write("GET /signin HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await line.waitFor("done");
  });
});

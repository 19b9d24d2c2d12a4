import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { openConnection, type RawConnection } from "../../support/http-client.ts";
import { TUS_TYPE, tusCaller } from "../../support/tus-client.ts";

const HEALTH = "GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n";

interface Scene extends AsyncDisposable {
  readonly app: BootedApp;
  readonly line: RawConnection;
  /** The server's side of `line`. */
  readonly socket: Socket;
  /** The path of an unfinished tus upload of `size` bytes. */
  create(size: number): Promise<string>;
  offsetOf(path: string): Promise<string | undefined>;
  /** The header of a PATCH that the tus door accepts, but for `more`. */
  patch(path: string, more: Readonly<Record<string, string | number>>): string;
}

async function openScene(env: Record<string, string> = {}): Promise<Scene> {
  const app = await bootApp({ env });
  const token = await app.token();
  const tus = tusCaller(app.url, { authorization: `Bearer ${token}` });
  const accepted = once(app.server, "connection");
  const line = await openConnection(app.url);
  const [socket] = (await accepted) as [Socket];
  return {
    app,
    line,
    socket,
    create: async (size) => new URL(await tus.create({ "upload-length": String(size) })).pathname,
    offsetOf: async (path) =>
      String((await tus.head(`${app.url}${path}`)).headers["upload-offset"]),
    patch: (path, more) => {
      const headers = {
        ...{ host: "localhost", authorization: `Bearer ${token}`, "tus-resumable": "1.0.0" },
        ...{ "content-type": TUS_TYPE, "upload-offset": 0 },
        ...more,
      };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      return `PATCH ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
    },
    async [Symbol.asyncDispose]() {
      line.socket.destroy();
      await app[Symbol.asyncDispose]();
    },
  };
}

const UNKNOWN = "/api/tus/00000000-0000-4000-8000-000000000000";

describe("the connection of a refused body", () => {
  it("is said to close when more than 1 MiB of the body may follow", async () => {
    await using scene = await openScene();
    await scene.line.write(scene.patch(UNKNOWN, { "content-length": 2 ** 21 }));
    expect(await scene.line.waitFor("\r\n\r\n")).toMatch(/404[\s\S]*\r\nConnection: close\r\n/);
  });

  it("is said to close when the length of the body is not known", async () => {
    await using scene = await openScene();
    await scene.line.write(scene.patch(UNKNOWN, { "transfer-encoding": "chunked" }));
    expect(await scene.line.waitFor("\r\n\r\n")).toMatch(/404[\s\S]*\r\nConnection: close\r\n/);
  });

  it("stays open as it was said to, however slowly a short rest arrives", async () => {
    await using scene = await openScene();
    const { line } = scene;
    await line.write(scene.patch(UNKNOWN, { "content-length": 2 ** 20 }));
    expect(await line.waitFor("\r\n\r\n")).toContain("Connection: keep-alive");
    await line.write(Buffer.alloc(2 ** 19));
    await sleep(1_500);
    await line.write(Buffer.alloc(2 ** 19));
    await line.write(HEALTH);
    await line.waitFor("HTTP/1.1 200");
  });

  it("serves no other request after it was said to close", async () => {
    await using scene = await openScene();
    const path = await scene.create(1);
    const { line } = scene;
    const refused = scene.patch(UNKNOWN, { "content-length": 2, connection: "close" });
    await line.write(`${refused}aa${scene.patch(path, { "content-length": 1 })}b`);
    await line.ended();
    expect(line.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(await scene.offsetOf(path)).toBe("0");
  });
});

describe("bytes that are no request, sent behind a request", () => {
  it("do not cost the response to that request", async () => {
    await using scene = await openScene();
    const path = await scene.create(1);
    await scene.line.write(`${scene.patch(path, { "content-length": 1 })}b\u0000nonsense\r\n\r\n`);
    expect(await scene.line.waitFor("\r\n\r\n")).toMatch(/^HTTP\/1.1 204/);
    await scene.line.ended();
    expect(await scene.offsetOf(path)).toBe("1");
  });
});

describe("a client that closes its side of the connection", () => {
  it("gets the response to a whole body, of which nothing is lost", async () => {
    await using scene = await openScene();
    const size = 3_000_000;
    const path = await scene.create(size);
    scene.line.socket.write(scene.patch(path, { "content-length": size }));
    scene.line.socket.end(Buffer.alloc(size, 7));
    expect(await scene.line.waitFor("\r\n\r\n")).toMatch(
      /HTTP\/1.1 204[\s\S]*upload-offset: 3000000/i,
    );
    await scene.line.ended();
  });

  it("gets the response to a request without a body", async () => {
    await using scene = await openScene();
    scene.line.socket.end(HEALTH);
    await scene.line.waitFor("HTTP/1.1 200");
  });

  it("gets the response to each of its pipelined requests", async () => {
    await using scene = await openScene();
    scene.line.socket.end(HEALTH.repeat(3));
    await once(scene.socket, "close");
    expect(scene.line.received().match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });

  it("has broken off within a body, of which everything that arrived is kept", async () => {
    await using scene = await openScene();
    const path = await scene.create(5_000_000);
    scene.line.socket.write(scene.patch(path, { "content-length": 5_000_000 }));
    scene.line.socket.end(Buffer.alloc(1_234_567));
    await once(scene.socket, "close");
    await expect.poll(() => scene.offsetOf(path)).toBe("1234567");
  });

  it("ends a stream of events", async () => {
    await using scene = await openScene();
    const token = await scene.app.token();
    const watch = "GET /api/trpc/uploads.watch?input=%7B%22json%22%3A%7B%7D%7D HTTP/1.1";
    await scene.line.write(
      `${watch}\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
    );
    await scene.line.waitFor("text/event-stream");
    scene.line.socket.end();
    await once(scene.socket, "close");
  });
});

describe("pipelined requests", () => {
  it("are processed in their order (RFC 9112, section 9.3.2)", async () => {
    await using scene = await openScene();
    const path = await scene.create(6);
    const parts = ["ab", "cd", "ef"].map(
      (text, index) =>
        scene.patch(path, { "upload-offset": index * 2, "content-length": 2 }) + text,
    );
    await scene.line.write(parts.join("") + HEALTH);
    const text = await scene.line.waitFor("HTTP/1.1 200");
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      ...["204", "204", "204", "200"],
    ]);
    expect(await scene.offsetOf(path)).toBe("6");
  });

  it("may have bodies that are longer than every buffer", async () => {
    await using scene = await openScene();
    const [first, second] = [await scene.create(4_000_000), await scene.create(4_000_000)];
    const body = Buffer.alloc(4_000_000, 1);
    for (const path of [first, second]) {
      scene.line.socket.write(scene.patch(path, { "content-length": body.length }));
      scene.line.socket.write(body);
    }
    scene.line.socket.write(HEALTH);
    await scene.line.waitFor("HTTP/1.1 200");
    expect([await scene.offsetOf(first), await scene.offsetOf(second)]).toEqual([
      ...["4000000", "4000000"],
    ]);
  });
});

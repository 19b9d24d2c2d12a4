import { describe, expect, it } from "vitest";
import { chunkHeaders, openConnection, type RawConnection } from "../../support/http-client.ts";
import { type SpawnedServer, spawnServer } from "../../support/spawn-server.ts";
import { trpcClient } from "../../support/trpc-client.ts";

const total = 20_000_000;

/** An upload whose first chunk of `length` bytes the server is reading. */
async function beginChunk(server: SpawnedServer, length: number) {
  const token = await server.token();
  const { uploads } = trpcClient(server.url, token);
  const { id } = await uploads.init.mutate({ filename: "film.bin", size: total });
  const line: RawConnection = await openConnection(server.url);
  const headers = { ...chunkHeaders(token, { start: 0, length, total }), expect: "100-continue" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  await line.write(`PUT /api/uploads/${id} HTTP/1.1\r\nHost: localhost\r\n${lines.join("")}\r\n`);
  await line.waitFor("100 Continue");
  return {
    line,
    offset: async () => (await uploads.status.query({ id })).offset,
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

/** Resolves once the server takes no more connections. */
async function takesNobody(server: SpawnedServer): Promise<void> {
  await expect
    .poll(
      () =>
        fetch(`${server.url}/api/health`).then(
          () => "answers",
          () => "refuses",
        ),
      {
        timeout: 10_000,
      },
    )
    .toBe("refuses");
}

describe("SIGTERM", () => {
  it("lets a running chunk finish, and takes no newcomers", async () => {
    await using server = await spawnServer();
    await using chunk = await beginChunk(server, 10_000_000);
    await chunk.line.write(new Uint8Array(6_000_000));
    const ended = server.kill("SIGTERM");
    await takesNobody(server);
    await chunk.line.write(new Uint8Array(4_000_000));
    await chunk.line.waitFor("HTTP/1.1 200");
    expect(await ended).toBe(0);
    await server.start();
    expect(await chunk.offset()).toBe(10_000_000);
  });

  it("keeps the prefix of a chunk that does not finish in time", async () => {
    await using server = await spawnServer();
    await using chunk = await beginChunk(server, total);
    await chunk.line.write(new Uint8Array(5_000_000));
    const ended = server.kill("SIGTERM");
    await chunk.line.waitFor("HTTP/1.1 503");
    expect(await ended).toBe(0);
    await server.start();
    expect(await chunk.offset()).toBe(5_000_000);
  });

  it("ends at once when it comes twice", async () => {
    await using server = await spawnServer();
    await using chunk = await beginChunk(server, total);
    await chunk.line.write(new Uint8Array(1_000));
    const ended = server.kill("SIGTERM");
    await takesNobody(server);
    process.kill(server.pid, "SIGTERM");
    expect(await ended).toBe(1);
  });
});

describe("kill -9", () => {
  it("costs nothing that was acknowledged, and the data directory is free at once", async () => {
    await using server = await spawnServer();
    await using chunk = await beginChunk(server, 5_000_000);
    await chunk.line.write(new Uint8Array(5_000_000));
    await chunk.line.waitFor("HTTP/1.1 200");
    await server.kill("SIGKILL");
    await server.start();
    expect(await chunk.offset()).toBe(5_000_000);
  });
});

import { once } from "node:events";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Bearer } from "../../../src/client/bearer.ts";
import { fileMemory } from "../../../src/client/node/file-memory.ts";
import { httpTransport } from "../../../src/client/node/http-transport.ts";
import { memoryBytes } from "../../../src/client/node/memory-bytes.ts";
import { nodeDigests } from "../../../src/client/node/node-digests.ts";
import { processLocks } from "../../../src/client/node/process-locks.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { md5 } from "./fake-server.ts";

const expiresAt = new Date(0);

async function serving(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/chunk`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Sends `size` bytes. Returns the last value of `onSent`. */
async function put(
  url: string,
  given: { size?: number; signal?: AbortSignal; stallMs?: number; bearer?: Bearer } = {},
): Promise<number> {
  const { size = 3_000_000, signal = new AbortController().signal, stallMs = 30_000 } = given;
  let sent = 0;
  const options = { bearer: given.bearer ?? new Bearer("up_x"), stallMs };
  await httpTransport(options).putChunk({
    url,
    body: memoryBytes(new Uint8Array(size)),
    start: 10,
    end: 10 + size,
    total: null,
    contentDigest: "md5=:x:",
    onSent: (bytes) => {
      sent = bytes;
    },
    signal,
  });
  return sent;
}

describe("chunks over node:http", () => {
  it("carry their headers and report how much was sent", async () => {
    let seen: Record<string, unknown> = {};
    let length = 0;
    await using server = await serving((request, response) => {
      seen = request.headers;
      request.on("data", (piece: Buffer) => {
        length += piece.length;
      });
      request.on("end", () => response.end("{}"));
    });
    expect(await put(server.url)).toBe(3_000_000);
    expect(length).toBe(3_000_000);
    expect(seen).toMatchObject({
      "content-range": "bytes 10-3000009/*",
      "content-length": "3000000",
      "content-digest": "md5=:x:",
      authorization: "Bearer up_x",
    });
  });

  it("fail with the code and Retry-After of a refusal that arrives before the end of the body", async () => {
    await using server = await serving((_request, response) => {
      response.writeHead(429, { "retry-after": "7", connection: "close" });
      response.end(JSON.stringify({ code: "RATE_LIMITED", detail: "Slow down.", extra: 1 }));
    });
    await expect(put(server.url, { size: 50_000_000 })).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message: "Slow down.",
      retryAfterMs: 7_000,
      details: { extra: 1 },
    });
  });

  it("map a response of another server by its status", async () => {
    await using server = await serving((request, response) => {
      request.resume();
      response.writeHead(502).end("<h1>Bad gateway</h1>");
    });
    await expect(put(server.url)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("fail with NETWORK when the connection is cut, stalls or is refused", async () => {
    await using cutting = await serving((request) => void request.socket.destroy());
    await expect(put(cutting.url)).rejects.toMatchObject({ code: "NETWORK" });
    await using silent = await serving((request) => void request.resume());
    await expect(put(silent.url, { stallMs: 50 })).rejects.toMatchObject({ code: "NETWORK" });
    await expect(put("http://127.0.0.1:1/")).rejects.toMatchObject({ code: "NETWORK" });
  });

  it("end at once on abort", async () => {
    const stop = new AbortController();
    await using server = await serving(() => stop.abort());
    await expect(put(server.url, { signal: stop.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
  });

  it("carry a new token after a refusal", async () => {
    await using server = await serving((request, response) => {
      request.resume();
      const isOld = request.headers.authorization === "Bearer 1";
      response.writeHead(isOld ? 401 : 200).end("{}");
    });
    let calls = 0;
    const bearer = new Bearer(() => {
      calls += 1;
      return `${calls}`;
    });
    await expect(put(server.url, { bearer })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await put(server.url, { bearer });
    await put(server.url, { bearer });
    expect(calls).toBe(2);
  });
});

describe("the bearer", () => {
  it("gets one token for concurrent requests, and no new one for an old refusal", async () => {
    let calls = 0;
    const bearer = new Bearer(async () => {
      calls += 1;
      return `${calls}`;
    });
    expect(await Promise.all([bearer.header(), bearer.header()])).toEqual(["Bearer 1", "Bearer 1"]);
    await bearer.refused("Bearer 1");
    expect(await bearer.header()).toBe("Bearer 2");
    await bearer.refused("Bearer 1");
    expect(await bearer.header()).toBe("Bearer 2");
  });

  it("reports a token function that throws, and calls it again", async () => {
    let calls = 0;
    const bearer = new Bearer(() => {
      calls += 1;
      if (calls === 1) throw new Error("no backend");
      return "x";
    });
    await expect(bearer.header()).rejects.toMatchObject({
      code: "TOKEN_FAILED",
      message: "no backend",
    });
    expect(await bearer.header()).toBe("Bearer x");
  });
});

describe("the memory in a directory", () => {
  it("is shared by all clients that use the directory, and forgets on request", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "deep", "resume");
    const [one, other] = [fileMemory(path), fileMemory(path)];
    expect(await one.recall("a")).toBeNull();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? one : other).remember(`file ${index}`, { id: `id ${index}`, expiresAt }),
      ),
    );
    expect(await one.recall("file 4")).toBe("id 4");
    await other.forget("file 4");
    expect(await one.recall("file 4")).toBeNull();
    expect((await readdir(path)).filter((name) => !name.endsWith(".json"))).toEqual([]);
  });

  it("drops entries after a month, and ignores what it cannot read or write", async () => {
    await using directory = await tempDirectory();
    const memory = fileMemory(directory.path);
    const old = join(directory.path, "old.json");
    await writeFile(old, "{}");
    await utimes(old, 1, 1);
    await memory.remember("a", { id: "1", expiresAt });
    const [file, ...others] = await readdir(directory.path);
    expect(others).toEqual([]);
    await writeFile(join(directory.path, file ?? ""), "{ broken");
    expect(await memory.recall("a")).toBeNull();
    await mkdir(join(directory.path, "file"));
    await writeFile(join(directory.path, "flat"), "");
    const impossible = fileMemory(join(directory.path, "flat"));
    await impossible.remember("a", { id: "1", expiresAt });
    await impossible.forget("a");
    expect(await impossible.recall("a")).toBeNull();
  });
});

describe("digests on the main thread", () => {
  it.each(["md5", "sha3-256", "blake3", "crc32c"])(
    "support %s for files and streams",
    async (name) => {
      const bytes = new Uint8Array(3_000_000).map((_, index) => index);
      const { signal } = new AbortController();
      const onRead = () => undefined;
      const file = nodeDigests.open(memoryBytes(bytes), name);
      const [part, whole] = [
        await file.upTo(1_000, { onRead, signal }),
        file.upTo(bytes.length, { onRead, signal }),
      ];
      const stream = nodeDigests.openStream(name);
      await stream.update(bytes.subarray(0, 1_000));
      expect(await stream.digest()).toBe(part);
      await stream.update(bytes.subarray(1_000));
      expect(await stream.digest()).toBe(await whole);
      if (name === "md5") expect(await whole).toBe(md5(bytes));
    },
  );

  it("stop on abort, and reject an unknown algorithm", async () => {
    const stop = new AbortController();
    const file = nodeDigests.open(memoryBytes(new Uint8Array(5_000_000)), "md5");
    const digest = file.upTo(5_000_000, { onRead: () => stop.abort(), signal: stop.signal });
    await expect(digest).rejects.toMatchObject({ code: "ABORTED" });
    const unknown = nodeDigests.openStream("rot13");
    await expect(unknown.update(new Uint8Array(1))).rejects.toMatchObject({
      code: "UNKNOWN_ALGORITHM",
    });
  });
});

describe("locks within a process", () => {
  it("have one owner at a time, and a wait can be aborted", async () => {
    const first = await processLocks.tryHold("a");
    expect(await processLocks.tryHold("a")).toBeNull();
    const stop = new AbortController();
    const aborted = processLocks.hold("a", stop.signal);
    const waiting = processLocks.hold("a", new AbortController().signal);
    stop.abort();
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    first?.();
    (await waiting)();
    expect(await processLocks.tryHold("a")).not.toBeNull();
  });
});

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

/** Sends `size` bytes; answers how many have left. */
async function put(
  url: string,
  ask: { size?: number; signal?: AbortSignal; stallMs?: number; bearer?: Bearer } = {},
): Promise<number> {
  const { size = 3_000_000, signal = new AbortController().signal, stallMs = 30_000 } = ask;
  let sent = 0;
  const line = { bearer: ask.bearer ?? new Bearer("up_x"), stallMs };
  await httpTransport(line).putChunk({
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
  it("say what they are, and how much has left", async () => {
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

  it("hear a refusal that comes before the body's end, with its code and its patience", async () => {
    await using server = await serving((_request, response) => {
      response.writeHead(429, { "retry-after": "7", connection: "close" });
      response.end(JSON.stringify({ code: "RATE_LIMITED", detail: "slowly", extra: 1 }));
    });
    await expect(put(server.url, { size: 50_000_000 })).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message: "slowly",
      retryAfterMs: 7_000,
      details: { extra: 1 },
    });
  });

  it("read a stranger's answer by its status", async () => {
    await using server = await serving((request, response) => {
      request.resume();
      response.writeHead(502).end("<h1>Bad gateway</h1>");
    });
    await expect(put(server.url)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("end as a network failure when the line is cut, stalls or is not there", async () => {
    await using cutting = await serving((request) => void request.socket.destroy());
    await expect(put(cutting.url)).rejects.toMatchObject({ code: "NETWORK" });
    await using silent = await serving((request) => void request.resume());
    await expect(put(silent.url, { stallMs: 50 })).rejects.toMatchObject({ code: "NETWORK" });
    await expect(put("http://127.0.0.1:1/")).rejects.toMatchObject({ code: "NETWORK" });
  });

  it("end at once when they are aborted", async () => {
    const stop = new AbortController();
    await using server = await serving(() => stop.abort());
    await expect(put(server.url, { signal: stop.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
  });

  it("carry another token after a refusal", async () => {
    await using server = await serving((request, response) => {
      request.resume();
      const isOld = request.headers.authorization === "Bearer 1";
      response.writeHead(isOld ? 401 : 200).end("{}");
    });
    let asked = 0;
    const bearer = new Bearer(() => {
      asked += 1;
      return `${asked}`;
    });
    await expect(put(server.url, { bearer })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await put(server.url, { bearer });
    await put(server.url, { bearer });
    expect(asked).toBe(2);
  });
});

describe("the bearer", () => {
  it("asks once for all who ask together, and not again for an old refusal", async () => {
    let asked = 0;
    const bearer = new Bearer(async () => {
      asked += 1;
      return `${asked}`;
    });
    expect(await Promise.all([bearer.header(), bearer.header()])).toEqual(["Bearer 1", "Bearer 1"]);
    await bearer.refused("Bearer 1");
    expect(await bearer.header()).toBe("Bearer 2");
    await bearer.refused("Bearer 1");
    expect(await bearer.header()).toBe("Bearer 2");
  });

  it("tells of a function that fails, and asks it again", async () => {
    let asked = 0;
    const bearer = new Bearer(() => {
      asked += 1;
      if (asked === 1) throw new Error("no backend");
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
  it("is shared by all who use it, and forgets", async () => {
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

  it("drops what is a month old, and takes no harm from what it cannot read or write", async () => {
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
    "know %s, of files and of streams",
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

  it("stop when nobody wants them any more, and name what they do not know", async () => {
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
  it("are held by one at a time; whoever waits may give up", async () => {
    const first = await processLocks.tryHold("a");
    expect(await processLocks.tryHold("a")).toBeNull();
    const stop = new AbortController();
    const impatient = processLocks.hold("a", stop.signal);
    const patient = processLocks.hold("a", new AbortController().signal);
    stop.abort();
    await expect(impatient).rejects.toMatchObject({ code: "ABORTED" });
    first?.();
    (await patient)();
    expect(await processLocks.tryHold("a")).not.toBeNull();
  });
});

import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type SpawnedServer, spawnServer } from "../../support/spawn-server.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { type ClientRun, type How, hasRequests, runPython, runSource } from "./python.ts";
import {
  md5,
  PYTHON_BOUNDARY,
  type PythonRequest,
  pythonBytes,
  sendAsPython,
} from "./requests-wire.ts";

const SIZE = 1_000_003;
const CHUNK = 150_000;
const python = await hasRequests();

/** A client of the original with nothing changed but the URL and the token. */
async function desk() {
  const server = await spawnServer();
  const directory = await tempDirectory();
  const bytes = randomBytes(SIZE);
  const file = path.join(directory.path, "example.bin");
  await writeFile(file, bytes);
  const token = await server.token();
  const url = `${server.url}/api/chunked_upload/`;
  return {
    ...{ server, bytes, token, url },
    run: { url, token, file, chunkSize: CHUNK } satisfies Omit<ClientRun, "how">,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function expectStored(
  { token }: { token: string; server: SpawnedServer },
  answer: Record<string, unknown>,
  bytes: Uint8Array,
): Promise<void> {
  expect(answer).toMatchObject({ filename: "example.bin", offset: bytes.length, status: 2 });
  const file = await fetch(String(answer.file), { headers: { authorization: `Token ${token}` } });
  expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
}

describe.skipIf(!python)("a client as the original's README shows it, in Python", () => {
  it.each(["chunked", "whole", "resume"] satisfies How[])("%s", async (how) => {
    await using at = await desk();
    const answer = await runPython({ ...at.run, how });
    await expectStored(at, answer, at.bytes);
  });

  it("as the page on moving shows it", async () => {
    await using at = await desk();
    const page = await readFile("docs/migrating-from-drf-chunked-upload.md", "utf8");
    const source = (/```python\n(.*?)```/s.exec(page)?.[1] ?? "")
      .replace("https://files.example.com", at.server.url)
      .replace("up_…", at.token)
      .replace("film.mp4", "example.bin");
    await runSource(source, path.dirname(at.run.file));
    const list = await fetch(at.url, { headers: { authorization: `Token ${at.token}` } });
    const [upload] = (await list.json()) as Record<string, unknown>[];
    await expectStored(at, upload ?? {}, at.bytes);
  });

  it("sends what the test below sends, byte for byte", async () => {
    await using at = await desk();
    const heard: Buffer[] = [];
    await using listener = await listen((request) => heard.push(request));
    // Its first request is all that this listener needs: it hangs up then.
    await runPython({ ...at.run, url: `${listener.url}/upload/`, how: "chunked" }).catch(
      () => null,
    );
    const expected = pythonBytes({
      method: "PUT",
      url: `${listener.url}/upload/`,
      token: at.token,
      contentRange: `bytes 0-${CHUNK - 1}/${SIZE}`,
      data: { filename: "example.bin" },
      file: at.bytes.subarray(0, CHUNK),
    });
    expect(normal(heard[0] ?? Buffer.alloc(0))).toBe(normal(expected));
  });
});

describe("the same requests, byte for byte, from Node", () => {
  it("upload a file in chunks and complete it", async () => {
    await using at = await desk();
    const { token, bytes } = at;
    let url = at.url;
    for (let start = 0; start < SIZE; start += CHUNK) {
      const file = bytes.subarray(start, start + CHUNK);
      const contentRange = `bytes ${start}-${start + file.length - 1}/${SIZE}`;
      const data = { filename: "example.bin" };
      const put: PythonRequest = { method: "PUT", url, token, contentRange, data, file };
      const { status, json } = await sendAsPython(put);
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 1, offset: start + file.length });
      url = String(json.url);
    }
    const done = await sendAsPython({ method: "POST", url, token, data: { md5: md5(bytes) } });
    expect(done.status).toBe(200);
    await expectStored(at, done.json, bytes);
  });

  it("upload a whole file at once", async () => {
    await using at = await desk();
    const { token, bytes, url } = at;
    const data = { filename: "example.bin", md5: md5(bytes) };
    const { status, json } = await sendAsPython({ method: "POST", url, token, data, file: bytes });
    expect(status).toBe(200);
    await expectStored(at, json, bytes);
  });

  it("are answered as by the original where they are wrong", async () => {
    await using at = await desk();
    const { token, bytes, url } = at;
    const data = { filename: "example.bin" };
    const file = bytes.subarray(0, 10);
    const range = (contentRange: string) =>
      sendAsPython({ method: "PUT", url, token, contentRange, data, file });
    expect(await range("bytes 0-8/100")).toMatchObject({
      status: 400,
      json: { detail: "File size doesn't match headers: file size is 10 but 9 reported" },
    });
    expect(await range("bytes 5-14/100")).toMatchObject({
      status: 400,
      json: { detail: "Offsets do not match", expected_offset: 0, provided_offset: 5 },
    });
    const bare = await sendAsPython({ method: "PUT", url, token, data, file });
    expect(bare).toMatchObject({ status: 400, json: { detail: "Error in request headers" } });
    const nobody = await sendAsPython({ method: "PUT", url, token: "x", data, file });
    expect(nobody.status).toBe(401);
  });
});

/** What differs from run to run is made the same: boundary, version, and what they make longer. */
function normal(request: Buffer): string {
  const text = request.toString("latin1");
  const boundary = /boundary=(\S+)/.exec(text)?.[1] ?? "none";
  return text
    .replaceAll(boundary, PYTHON_BOUNDARY)
    .replace(/python-requests\/\S+/, "python-requests")
    .replace(/Accept-Encoding: .+\r\n/, "");
}

/** A listener that hands out whole requests and then hangs up. */
async function listen(hear: (request: Buffer) => void) {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      const end = received.indexOf("\r\n\r\n");
      const length = Number(/Content-Length: (\d+)/.exec(received.toString("latin1"))?.[1]);
      if (end === -1 || received.length < end + 4 + length) return;
      hear(received);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

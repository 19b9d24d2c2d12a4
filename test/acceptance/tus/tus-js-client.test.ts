import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import * as tus from "tus-js-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRandomFile } from "../../support/file-on-disk.ts";
import { randomFile } from "../../support/random-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { idOf, openTusService, type TusService } from "../../support/tus-service.ts";
import { abortAfter, prepareTus, runTus } from "../../support/tus-upload.ts";

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const file = randomFile(5 * MIB + 321);
const bytes = file.slice(0, file.size);

let service: TusService;
beforeAll(async () => {
  service = await openTusService();
});
afterAll(() => service[Symbol.asyncDispose]());

const to = () => ({ endpoint: service.endpoint, headers: service.headers });

describe("tus-js-client in Node", () => {
  it("uploads a buffer in one request", async () => {
    const { url, sent } = await runTus(bytes, to());
    expect(sent.map(({ method }) => method)).toEqual(["POST", "PATCH"]);
    expect(await service.stored(url)).toBe(file.digest("sha256"));
  });

  it("uploads a file in chunks", async () => {
    await using directory = await tempDirectory();
    const path = `${directory.path}/${file.name}`;
    await writeRandomFile(file, path);
    const { url, sent } = await runTus(createReadStream(path), { ...to(), chunkSize: MIB });
    const offsets = sent.filter(({ method }) => method === "PATCH").map(({ offset }) => offset);
    expect(offsets).toEqual([0, MIB, 2 * MIB, 3 * MIB, 4 * MIB, 5 * MIB]);
    expect(await service.stored(url)).toBe(file.digest("sha256"));
  });

  // Not one that ends exactly with a chunk: tus-js-client 4.3.1 then waits for bytes for ever, with
  // every byte sent. That an empty PATCH may tell the length is a check of the conformance suite.
  it("uploads a stream whose length shows at its end", async () => {
    const streamed = randomFile(3 * MIB + 5, 2);
    const pieces = streamed.pieces(0, streamed.size, 200 * KIB);
    const source = Readable.from(pieces, { objectMode: false });
    const options = { ...to(), chunkSize: MIB, uploadLengthDeferred: true };
    const { url } = await runTus(source, options);
    expect(await service.stored(url)).toBe(streamed.digest("sha256"));
  });

  it("uploads parts at once and concatenates them, as one file under its own name", async () => {
    const before = await service.listed();
    const { url, sent } = await runTus(bytes, {
      ...to(),
      parallelUploads: 4,
      chunkSize: MIB,
      metadata: { filename: "in four parts.bin", filetype: "application/x-test" },
      metadataForPartialUploads: { part: "yes" },
    });
    const created = sent.filter(({ method, concat }) => method === "POST" && concat === "partial");
    expect(created).toHaveLength(4);
    expect(sent.at(-1)).toMatchObject({ method: "POST", concat: "final" });
    expect(await service.stored(url)).toBe(file.digest("sha256"));
    const added = (await service.listed()).filter(({ id }) => !before.some((b) => b.id === id));
    const whole = { id: idOf(url), filename: "in four parts.bin", size: file.size };
    expect(added).toEqual([{ ...whole, status: "complete" }]);
  });

  it("sends bytes with the creation, of one upload and of parallel ones", async () => {
    const whole = await runTus(bytes, { ...to(), uploadDataDuringCreation: true });
    expect(whole.sent.map(({ method }) => method)).toEqual(["POST"]);
    expect(await service.stored(whole.url)).toBe(file.digest("sha256"));
    const options = { ...to(), uploadDataDuringCreation: true, chunkSize: MIB };
    const chunked = await runTus(bytes, options);
    expect(chunked.sent.map(({ offset }) => offset).slice(0, 3)).toEqual([null, MIB, 2 * MIB]);
    expect(await service.stored(chunked.url)).toBe(file.digest("sha256"));
    const parallel = await runTus(bytes, { ...options, parallelUploads: 3 });
    expect(await service.stored(parallel.url)).toBe(file.digest("sha256"));
  });

  it("appends by POST where PATCH is not possible", async () => {
    const options = { ...to(), overridePatchMethod: true, chunkSize: 2 * MIB };
    const { url, sent } = await runTus(bytes, options);
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(["POST"]));
    expect(await service.stored(url)).toBe(file.digest("sha256"));
  });

  it("uploads an empty file, with and without bytes during creation", async () => {
    const empty = randomFile(0);
    for (const uploadDataDuringCreation of [false, true]) {
      const { url } = await runTus(Buffer.alloc(0), { ...to(), uploadDataDuringCreation });
      expect(await service.stored(url)).toBe(empty.digest("sha256"));
    }
  });

  it("gives a file the name and type of its metadata, in any script", async () => {
    const metadata = { filename: "Übersicht 文件 📦.txt", filetype: "text/plain", note: "a=b, c" };
    const { url } = await runTus(bytes.subarray(0, 100), { ...to(), metadata });
    const stored = await fetch(`${service.app.url}/api/uploads/${idOf(url)}/file`, {
      headers: service.headers,
    });
    expect(stored.headers.get("content-type")).toBe("text/plain");
    const disposition = stored.headers.get("content-disposition") ?? "";
    expect(disposition).toContain(`filename*=UTF-8''${encodeURIComponent(metadata.filename)}`);
  });

  it("reads what each answer tells", async () => {
    const seen: (readonly (string | undefined)[])[] = [];
    await runTus(bytes.subarray(0, 10), {
      ...to(),
      onAfterResponse(_, response) {
        const names = ["Tus-Resumable", "Upload-Offset", "Location"];
        seen.push(
          [response.getStatus(), ...names.map((name) => response.getHeader(name))].map(String),
        );
        if (response.getStatus() !== 201) return;
        expect(Date.parse(response.getHeader("Upload-Expires") ?? "")).toBeGreaterThan(Date.now());
      },
    });
    expect(seen).toEqual([
      ["201", "1.0.0", expect.any(String), expect.stringContaining(`${service.endpoint}/`)],
      ["204", "1.0.0", "10", "undefined"],
    ]);
  });

  it("ends an upload: by itself, by its URL, and a finished one", async () => {
    const run = await abortAfter(MIB, bytes, { ...to(), chunkSize: MIB });
    await run.upload.abort(true);
    await expectGone(run.upload.url);
    const { url } = await runTus(bytes, to());
    await tus.Upload.terminate(url, to());
    await expectGone(url);
  });

  it("tells a wrong token from a lost line: 401, and no second try", async () => {
    const headers = { Authorization: "Bearer nonsense" };
    const options = { ...to(), headers, retryDelays: [0, 0, 0] };
    const run = prepareTus(bytes, options);
    run.upload.start();
    await expect(run.done).rejects.toThrow(/response code: 401/);
    expect(run.answered).toEqual([{ method: "POST", status: 401 }]);
  });
});

async function expectGone(url: string | null): Promise<void> {
  const headers = { ...service.headers, "Tus-Resumable": "1.0.0" };
  const { status } = await fetch(url ?? "", { method: "HEAD", headers });
  expect([404, 410]).toContain(status);
}

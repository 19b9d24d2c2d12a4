import { writeFile } from "node:fs/promises";
import type { UploadOptions, UrlStorage } from "tus-js-client";
import * as tus from "tus-js-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFile } from "../../support/random-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { openTusService, type TusService } from "../../support/tus-service.ts";
import { abortAfter, prepareTus, type TusRun } from "../../support/tus-upload.ts";

const MIB = 2 ** 20;
const file = randomFile(8 * MIB + 77, 3);
const bytes = file.slice(0, file.size);

/** Exported in Node, but not in the types. */
const { FileUrlStorage } = tus as unknown as {
  FileUrlStorage: new (path: string) => UrlStorage;
};

let service: TusService;
beforeAll(async () => {
  service = await openTusService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** The client's own delays, shortened: an aborted request may still be moving the offset (409). */
const retryDelays = [0, 100, 300, 1_000, 3_000];
const to = () => ({ endpoint: service.endpoint, headers: service.headers, retryDelays });

/** Does what an application does at its next start: looks for the upload, and continues it. */
async function resume(options: UploadOptions): Promise<TusRun & { readonly url: string }> {
  const run = prepareTus(bytes, options);
  const [previous, ...others] = await run.upload.findPreviousUploads();
  expect(others).toEqual([]);
  if (previous === undefined) throw new Error("Nothing was remembered.");
  run.upload.resumeFromPreviousUpload(previous);
  run.upload.start();
  return { ...run, url: await run.done };
}

/** A place where the client remembers its uploads. */
async function memory(directory: string): Promise<UrlStorage> {
  const path = `${directory}/uploads.json`;
  await writeFile(path, "{}");
  return new FileUrlStorage(path);
}

const appended = ({ sent }: TusRun) =>
  sent.filter(({ offset }) => offset !== null).map(({ offset }) => offset);

describe("tus-js-client that resumes", () => {
  it("goes on where it was aborted, by start() again", async () => {
    const options = { ...to(), chunkSize: MIB };
    const run = await abortAfter(3 * MIB, bytes, options);
    const { length } = appended(run);
    run.upload.start();
    expect(await service.stored(await run.done)).toBe(file.digest("sha256"));
    const after = appended(run).slice(length);
    // An aborted request may have brought something too.
    expect(after[0]).toBeGreaterThanOrEqual(3 * MIB);
    expect(run.sent.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("finds its upload again in another process, by the URL storage", async () => {
    await using directory = await tempDirectory();
    const urlStorage = await memory(directory.path);
    const options = { ...to(), chunkSize: MIB, urlStorage, removeFingerprintOnSuccess: true };
    await abortAfter(3 * MIB, bytes, options);
    const run = await resume(options);
    expect(run.sent[0]?.method).toBe("HEAD");
    expect(appended(run)[0]).toBeGreaterThanOrEqual(3 * MIB);
    expect(await service.stored(run.url)).toBe(file.digest("sha256"));
    expect(await urlStorage.findAllUploads()).toEqual([]);
  });

  it("finds the parts of a parallel upload again", async () => {
    await using directory = await tempDirectory();
    const urlStorage = await memory(directory.path);
    const options = { ...to(), chunkSize: MIB / 2, urlStorage, parallelUploads: 3 };
    await abortAfter(4 * MIB, bytes, options);
    const run = await resume(options);
    expect(run.sent.slice(0, 3).map(({ method }) => method)).toEqual(["HEAD", "HEAD", "HEAD"]);
    const resent = file.size - appended(run).length * (MIB / 2);
    expect(resent, "bytes that were there already").toBeGreaterThan(2 * MIB);
    expect(await service.stored(run.url)).toBe(file.digest("sha256"));
  });

  it("is told that the upload is complete when only the answer was lost", async () => {
    await using directory = await tempDirectory();
    const urlStorage = await memory(directory.path);
    const first = prepareTus(bytes, { ...to(), urlStorage });
    first.upload.start();
    const url = await first.done;
    const run = await resume({ ...to(), urlStorage });
    expect(run.sent.map(({ method }) => method)).toEqual(["HEAD"]);
    expect(run.url).toBe(url);
  });

  it("begins again when the upload is gone", async () => {
    await using directory = await tempDirectory();
    const urlStorage = await memory(directory.path);
    const options = { ...to(), chunkSize: MIB, urlStorage };
    const aborted = await abortAfter(2 * MIB, bytes, options);
    await tus.Upload.terminate(aborted.upload.url ?? "", to());
    const run = await resume(options);
    expect(run.sent.slice(0, 2).map(({ method }) => method)).toEqual(["HEAD", "POST"]);
    expect(await service.stored(run.url)).toBe(file.digest("sha256"));
  });

  it("resumes after the server has started again", async () => {
    await using own = await openTusService();
    const { endpoint, headers } = own;
    const options = { endpoint, headers, retryDelays, chunkSize: MIB };
    const run = await abortAfter(3 * MIB, bytes, options);
    await own.app.restart();
    const { length } = appended(run);
    run.upload.start();
    expect(await own.stored(await run.done)).toBe(file.digest("sha256"));
    expect(appended(run).slice(length)[0]).toBeGreaterThanOrEqual(3 * MIB);
  });
});

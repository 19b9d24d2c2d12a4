import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRandomFile } from "../../support/file-on-disk.ts";
import { randomFile } from "../../support/random-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { openTusService, type TusService } from "../../support/tus-service.ts";
import { runTuspy } from "../../support/tuspy.ts";

// `npm test` leaves this file out, and says so, where Python has no tuspy.

const MIB = 2 ** 20;
const file = randomFile(5 * MIB + 99, 7);

let service: TusService;
let directory: Awaited<ReturnType<typeof tempDirectory>>;
let path: string;
beforeAll(async () => {
  service = await openTusService();
  directory = await tempDirectory();
  path = `${directory.path}/${file.name}`;
  await writeRandomFile(file, path);
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const client = `
from tusclient import client
from tusclient.storage import filestorage
tus = client.TusClient(ask["endpoint"], headers=ask["headers"])
`;

async function run(script: string): Promise<Record<string, unknown>> {
  const { endpoint, headers } = service;
  const urls = `${directory.path}/urls.json`;
  const ask = { endpoint, headers, path, urls, chunk: MIB };
  return (await runTuspy(client + script, ask)) as Record<string, unknown>;
}

describe("tuspy", () => {
  it("uploads a file in chunks, each with its checksum", async () => {
    const { url, offset } = await run(`
up = tus.uploader(ask["path"], chunk_size=ask["chunk"], upload_checksum=True, metadata={"filename": "aus Python.bin"})
up.upload()
print(json.dumps({"url": up.url, "offset": up.offset}))
`);
    expect(offset).toBe(file.size);
    expect(await service.stored(String(url))).toBe(file.digest("sha256"));
    expect((await service.listed())[0]).toMatchObject({ filename: "aus Python.bin" });
  });

  it("uploads a file in one request, and an empty one", async () => {
    const { url, empty } = await run(`
import io
up = tus.uploader(ask["path"])
up.upload()
none = tus.uploader(file_stream=io.BytesIO(b""))
none.upload()
print(json.dumps({"url": up.url, "empty": none.url}))
`);
    expect(await service.stored(String(url))).toBe(file.digest("sha256"));
    expect(await service.stored(String(empty))).toBe(randomFile(0).digest("sha256"));
  });

  it("resumes in another process, by the stored URL", async () => {
    const first = await run(`
up = tus.uploader(ask["path"], chunk_size=ask["chunk"], store_url=True, url_storage=filestorage.FileStorage(ask["urls"]))
up.upload(stop_at=2 * ask["chunk"])
print(json.dumps({"url": up.url, "offset": up.offset}))
`);
    expect(first.offset).toBe(2 * MIB);
    const second = await run(`
up = tus.uploader(ask["path"], chunk_size=ask["chunk"], store_url=True, url_storage=filestorage.FileStorage(ask["urls"]))
found = up.offset
up.upload()
print(json.dumps({"url": up.url, "found": found}))
`);
    expect(second).toEqual({ url: first.url, found: 2 * MIB });
    expect(await service.stored(String(second.url))).toBe(file.digest("sha256"));
  });

  it("uploads asynchronously", async () => {
    const { url } = await run(`
import asyncio
up = tus.async_uploader(ask["path"], chunk_size=ask["chunk"])
asyncio.run(up.upload())
print(json.dumps({"url": up.url}))
`);
    expect(await service.stored(String(url))).toBe(file.digest("sha256"));
  });
});

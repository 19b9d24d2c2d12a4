import { appendFile, stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { partPath } from "../../support/chunk-sender.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { readColumn } from "../../support/edit-records.ts";
import { formOf } from "../../support/form-sender.ts";
import { openForm } from "../../support/open-form.ts";
import { spawnServer } from "../../support/spawn-server.ts";
import { beginDrf, bootDrf, listed } from "./begin-drf.ts";

const SIZE = 100_000;
const MIB = 2 ** 20;
const patience = { timeout: 20_000 };

async function pathOf(dataDir: string, id: string): Promise<string> {
  return partPath(dataDir, { storageKey: String(await readColumn(dataDir, id, "storageKey")) });
}

describe.each(["sqlite", "postgresql"] as const)(
  "a fixed bug of the original, on %s",
  (database) => {
    it("two PUTs at one offset: one is committed, none is appended twice", async () => {
      await using served = await bootDrf({ database });
      const { drf } = served;
      const upload = await beginDrf(drf, { size: 400_000, first: 100_000 });
      for (const start of [100_000, 200_000, 300_000]) {
        const end = start + 100_000;
        const racers = await Promise.all(Array.from({ length: 8 }, () => upload.chunk(start, end)));
        const outcomes = racers.map(({ status, body }) => body.code ?? status);
        expect(outcomes.filter((outcome) => outcome === 200).length).toBeGreaterThan(0);
        for (const outcome of outcomes) expect([200, "BUSY", "OFFSET_MISMATCH"]).toContain(outcome);
        expect(said(await drf.ask("GET", upload.url)).offset).toBe(end);
      }
      const done = await drf.complete(upload.url, { md5: upload.file.digest() });
      expect(said(done)).toMatchObject({ status: 2, offset: 400_000 });
    });

    it("the newer of two PUTs takes over: the older gets 423", async () => {
      await using served = await bootDrf({ database });
      const { drf } = served;
      const upload = await beginDrf(drf);
      const older = openForm(drf, upload.url, { start: 10_000, total: SIZE, length: 10_000 });
      await older.give(upload.file.slice(10_000, 15_000));
      const newer = await upload.chunk(10_000, 20_000);
      expect(newer).toMatchObject({ status: 200, body: { offset: 20_000 } });
      const heard = await older.answer;
      expect({ status: heard.status, ...said(heard) }).toMatchObject({ status: 423, code: "BUSY" });
      expect(Number(heard.headers["retry-after"])).toBeGreaterThan(0);
    });
  },
);

describe("fixed bugs of the original", () => {
  it("bytes in the file beyond the record are ignored, and the client continues", async () => {
    await using served = await bootDrf({ database: "sqlite" });
    const { app, drf } = served;
    const upload = await beginDrf(drf);
    // The state after a crash between append and save in the original.
    await appendFile(await pathOf(app.dataDir, upload.id), Buffer.alloc(50_000, 0xee));
    expect(await upload.chunk(10_000, SIZE)).toMatchObject({ status: 200, body: { offset: SIZE } });
    const done = await drf.complete(upload.url, { md5: upload.file.digest() });
    expect(done.status).toBe(200);
    const held = await drf.ask("GET", String(said(done).file));
    expect(held.body.equals(upload.file.slice(0, SIZE))).toBe(true);
  });

  it("a kill -9 between append and save loses the current chunk only", async () => {
    await using server = await spawnServer();
    const drf = DrfClient.by(server.url, await server.token());
    const size = 12 * MIB;
    const upload = await beginDrf(drf, { size, first: 4 * MIB });
    const open = openForm(drf, upload.url, { start: 4 * MIB, total: size, length: 8 * MIB });
    open.answer.catch(() => undefined);
    await open.give(upload.file.slice(4 * MIB, 10 * MIB));
    const path = await pathOf(server.dataDir, upload.id);
    await expect.poll(async () => (await stat(path)).size, patience).toBeGreaterThan(6 * MIB);
    await server.kill("SIGKILL");
    await server.start();
    expect(said(await drf.ask("GET", upload.url)).offset).toBe(4 * MIB);
    expect(await upload.chunk(4 * MIB, size)).toMatchObject({ status: 200 });
    const done = await drf.complete(upload.url, { md5: upload.file.digest() });
    expect(said(done)).toMatchObject({ status: 2, offset: size });
  });

  it("a connection that breaks in a chunk leaves the offset unchanged, and in a first chunk no record", async () => {
    await using served = await bootDrf();
    const { app, drf } = served;
    const upload = await beginDrf(drf);
    const file = upload.file.slice(0, SIZE);
    for (const url of [upload.url, drf.at]) {
      const start = url === drf.at ? 0 : 10_000;
      const open = openForm(drf, url, { start, total: SIZE, length: 50_000 });
      open.answer.catch(() => undefined);
      await open.give(file.subarray(start, start + 20_000));
      open.cut();
    }
    await expect.poll(() => listed(drf), patience).toEqual([upload.id]);
    expect(said(await drf.ask("GET", upload.url)).offset).toBe(10_000);
    expect(await upload.chunk(10_000, SIZE)).toMatchObject({ status: 200 });
    const client = app.client(await app.token());
    const view = await client.uploads.complete.mutate({
      id: upload.id,
      checksum: upload.file.digest(),
    });
    expect(view.status).toBe("complete");
  });

  it("nothing is committed before the closing boundary", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const upload = await beginDrf(drf);
    const form = formOf([{ name: "file", filename: "a", body: upload.file.slice(10_000, 20_000) }]);
    const body = form.bytes().subarray(0, -6);
    const headers = { ...form.headers, "content-range": `bytes 10000-19999/${SIZE}` };
    const answer = await drf.ask("PUT", upload.url, {
      headers: { ...headers, "content-length": String(body.length) },
      body,
    });
    expect(said(answer)).toMatchObject({ code: "INVALID_INPUT" });
    expect(said(await drf.ask("GET", upload.url)).offset).toBe(10_000);
  });

  it("the first PUT must start at 0", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const answer = await drf.put({ bytes: Buffer.alloc(10), start: 5, total: SIZE });
    expect({ status: answer.status, ...said(answer) }).toMatchObject({
      status: 400,
      detail: "Offsets do not match",
      expected_offset: 0,
      provided_offset: 5,
    });
    expect(await listed(drf)).toEqual([]);
  });

  it("TOTAL must not change between chunks", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const upload = await beginDrf(drf);
    const other = { bytes: Buffer.alloc(10), start: 10_000, total: SIZE - 1 };
    const answer = await drf.put(other, upload.url);
    expect(said(answer).detail).toBe("Total size does not match");
    expect(said(await drf.ask("GET", upload.url)).offset).toBe(10_000);
  });

  it("END must be less than TOTAL: it is the last byte, not the length", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const answer = await drf.put({ bytes: Buffer.alloc(11), range: "bytes 0-10/10" });
    expect(said(answer).detail).toBe("End of chunk exceeds reported total (10 bytes)");
  });

  it("an empty file can be completed", async () => {
    await using served = await bootDrf();
    const fields = { filename: "empty", md5: "d41d8cd98f00b204e9800998ecf8427e" };
    const answer = await served.drf.whole({ bytes: Buffer.alloc(0), fields });
    expect(said(answer)).toMatchObject({ status: 2, offset: 0 });
  });

  it("a completion whose response was lost can be repeated with the same response", async () => {
    let calls = 0;
    const onComplete = () => {
      calls += 1;
      return { calls };
    };
    const profiles = defineProfiles({ default: profile({ onComplete }) });
    await using served = await bootDrf({ profiles });
    const { drf } = served;
    const upload = await beginDrf(drf, { size: 500, first: 500 });
    const md5 = upload.file.digest();
    const first = await drf.complete(upload.url, { md5 });
    const second = await drf.complete(upload.url, { md5 });
    expect(second.status).toBe(200);
    expect(second.json()).toEqual(first.json());
    expect(calls).toBe(1);
  });

  it("a completion whose hook failed is complete, and the hook is retried", async () => {
    let calls = 0;
    const onComplete = () => {
      calls += 1;
      if (calls === 1) throw new Error("the thumbnailer is away");
      return "made";
    };
    const profiles = defineProfiles({ default: profile({ onComplete }) });
    await using served = await bootDrf({ profiles });
    const { drf } = served;
    const upload = await beginDrf(drf, { size: 500, first: 500 });
    const done = await drf.complete(upload.url, { md5: upload.file.digest() });
    expect(done.json()).toMatchObject({ status: 2, data: null });
    const data = async () => said(await drf.ask("GET", upload.url)).data;
    await expect.poll(data, patience).toBe("made");
  });
});

import { existsSync } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { beginUpload, expectProblem, refusal } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { beginChunk, partPath, readUpload } from "../../support/chunk-sender.ts";
import { expire, readColumn } from "../../support/edit-records.ts";
import { randomFile } from "../../support/random-file.ts";

const SIZE = 100_000;

async function begin(app: BootedApp) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(SIZE) });
  await upload.send({ start: 0, end: 50_000 });
  return upload;
}

async function fileOf(app: BootedApp, id: string, ext?: string): Promise<string> {
  const storageKey = String(await readColumn(app.dataDir, id, "storageKey"));
  return partPath(app.dataDir, { storageKey }, ext);
}

const sweep = (app: BootedApp, options = {}) => app.application.core.administration.sweep(options);

describe("an expired upload", () => {
  it("expires after the configured time", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_EXPIRATION: "1s" } });
    const upload = await begin(app);
    expect(upload.view.expiresAt.getTime() - upload.view.createdAt.getTime()).toBe(1_000);
    await expect
      .poll(async () => (await upload.status()).status, { timeout: 20_000 })
      .toBe("expired");
    expectProblem(await upload.send({ start: 50_000, end: SIZE }), 410, { code: "EXPIRED" });
  });

  it("expires from the last chunk on where the operator said so", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_EXPIRATION_FROM: "activity" } });
    const upload = await begin(app);
    const { expiresAt } = await upload.status();
    expect(expiresAt.getTime()).toBeGreaterThan(upload.view.expiresAt.getTime());
  });

  it("is shown, and takes neither bytes nor completion", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await expire(app, upload.id);
    expect(await upload.status()).toMatchObject({ status: "expired", offset: 50_000 });
    expect(await readUpload(upload.target)).toMatchObject({ status: 1, offset: 50_000 });
    const { items } = await upload.client.uploads.list.query({ status: "expired" });
    expect(items.map(({ id }) => id)).toEqual([upload.id]);
    expectProblem(await upload.send({ start: 50_000, end: SIZE }), 410, { code: "EXPIRED" });
    expectProblem(await upload.send({ start: 0, end: 10 }), 410, { code: "EXPIRED" });
    expect(await refusal(upload.complete())).toMatchObject({ code: "EXPIRED", httpStatus: 410 });
    const { name, size } = upload.file;
    expect(await upload.client.uploads.resumable.query({ filename: name, size })).toEqual([]);
  });

  it("is judged when the request starts, and a body under way holds the sweeper off", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_EXPIRATION: "3s" } });
    const upload = await begin(app);
    const chunk = await beginChunk(upload.target, upload.file, {
      ...{ start: 50_000, end: SIZE },
      bytes: 10_000,
    });
    await expect
      .poll(async () => (await upload.status()).status, { timeout: 20_000 })
      .toBe("expired");
    expect(await sweep(app)).toMatchObject({ records: 0, files: 0 });
    expect((await chunk.finish()).status).toBe(200);
    expect(await upload.status()).toMatchObject({ status: "expired", offset: SIZE });
    expect(await sweep(app)).toMatchObject({ records: 1, files: 1, bytes: SIZE });
  });

  it("goes with its bytes and record when swept", async () => {
    await using app = await bootApp();
    const [old, young] = [await begin(app), await begin(app)];
    await expire(app, old.id);
    const file = await fileOf(app, old.id);
    expect(existsSync(file)).toBe(true);
    expect(await sweep(app, { dryRun: true })).toMatchObject({
      files: 1,
      records: 1,
      bytes: 50_000,
    });
    expect(existsSync(file)).toBe(true);
    expect(await sweep(app)).toMatchObject({ files: 1, records: 1, bytes: 50_000 });
    expect(existsSync(file)).toBe(false);
    expect(await refusal(old.status())).toMatchObject({ code: "NOT_FOUND" });
    expect(await young.status()).toMatchObject({ status: "uploading", offset: 50_000 });
    expect(existsSync(await fileOf(app, young.id))).toBe(true);
  });

  it("leaves its record behind when only bytes are swept", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await expire(app, upload.id);
    const file = await fileOf(app, upload.id);
    const swept = await sweep(app, { keepRecord: true });
    expect(swept).toMatchObject({ files: 1, records: 0, bytes: 50_000 });
    expect(existsSync(file)).toBe(false);
    expect(await upload.status()).toMatchObject({ status: "expired", offset: 0, received: [] });
    expectProblem(await upload.send({ start: 0, end: 10 }), 410, { code: "EXPIRED" });
    expect(await sweep(app, { keepRecord: true })).toMatchObject({ files: 0, records: 0 });
  });

  it("is not what a complete upload becomes", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await upload.send({ start: 50_000, end: SIZE });
    await upload.complete();
    await expire(app, upload.id);
    expect(await sweep(app)).toMatchObject({ records: 0 });
    expect(await upload.status()).toMatchObject({ status: "complete" });
    expect((await upload.download()).length).toBe(SIZE);
  });

  it("is swept by an admin through tRPC", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    await expire(app, upload.id);
    const admin = await app.createUser({ role: "admin" });
    const client = app.client({ cookie: await app.sessionCookie(admin) });
    const swept = await client.admin.uploads.sweep.mutate({});
    expect(swept).toMatchObject({ files: 1, records: 1, bytes: 50_000 });
  });
});

describe("files that no record names", () => {
  it("go when unfinished and old, and are only reported when finished", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_EXPIRATION: "1s" } });
    const directory = path.join(app.dataDir, "media/chunked_uploads/2026/01/02");
    await mkdir(directory, { recursive: true });
    const name = (ext: string) => path.join(directory, `${crypto.randomUUID()}${ext}`);
    const files = {
      old: name(".part"),
      young: name(".part"),
      done: name(".done"),
      foreign: name(".txt"),
    };
    for (const file of Object.values(files)) await writeFile(file, "bytes");
    const longAgo = new Date(Date.now() - 7_200_000);
    for (const file of [files.old, files.done, files.foreign]) await utimes(file, longAgo, longAgo);
    const dry = await sweep(app, { orphans: true, dryRun: true });
    expect(dry).toMatchObject({ files: 1, bytes: 5 });
    expect(existsSync(files.old)).toBe(true);
    const swept = await sweep(app, { orphans: true });
    expect(swept).toMatchObject({ files: 1, records: 0, bytes: 5 });
    expect(swept.strays).toEqual([path.relative(path.join(app.dataDir, "media"), files.done)]);
    expect(existsSync(files.old)).toBe(false);
    expect([files.young, files.done, files.foreign].map((file) => existsSync(file))).toEqual([
      true,
      true,
      true,
    ]);
  });
});

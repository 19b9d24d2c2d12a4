import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { beginUpload, expectProblem, expectWhole, refusal } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { bearer, readUpload, sendChunk } from "../../support/chunk-sender.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";

const SIZE = 100_000;

async function begin(app: BootedApp, headers?: Record<string, string>) {
  const shown = headers ?? { authorization: `Bearer ${await app.token()}` };
  return beginUpload({ url: app.url, headers: shown, file: randomFile(SIZE) });
}

describe("anonymous uploads", () => {
  const env = { CHUNKED_UPLOAD_ALLOW_ANONYMOUS: "true" };

  it("work from beginning to download where the operator allows them", async () => {
    await using app = await bootApp({ env });
    const upload = await begin(app, {});
    expect(await readUpload(upload.target)).toMatchObject({ user: null });
    await upload.send({ start: 0, end: 60_000 });
    await upload.send({ start: 60_000, end: SIZE });
    expect(await upload.complete()).toMatchObject({ status: "complete" });
    await expectWhole(upload);
    const { url } = upload.target;
    expect((await send(url, { method: "DELETE" })).status).toBe(204);
  });

  it("are in no list and accessible to every client that knows the id", async () => {
    await using app = await bootApp({ env });
    const upload = await begin(app, {});
    const client = app.client(await app.token());
    const { name, size } = upload.file;
    expect((await client.uploads.list.query({})).items).toEqual([]);
    expect(await client.uploads.resumable.query({ filename: name, size })).toEqual([]);
    expect(await client.uploads.status.query({ id: upload.id })).toMatchObject({ id: upload.id });
    expect(await refusal(upload.client.uploads.list.query({}))).toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  it("do not make uploads of users accessible without credentials", async () => {
    await using app = await bootApp({ env });
    const upload = await begin(app);
    expect((await send(upload.target.url)).status).toBe(404);
    const bad = await send(upload.target.url, { headers: { authorization: "Bearer up_bad" } });
    expect(bad.status).toBe(401);
  });

  it("end when the operator takes the permission back", async () => {
    await using app = await bootApp();
    expect(
      await refusal(app.client().uploads.init.mutate({ filename: "a", size: 1 })),
    ).toMatchObject({ code: "UNAUTHENTICATED", httpStatus: 401 });
  });
});

describe("uploads that are not restricted to their users", () => {
  it("are seen, continued and completed by any signed-in user, and not deleted", async () => {
    await using app = await bootApp({ env: { CHUNKED_UPLOAD_USER_RESTRICTED: "false" } });
    const upload = await begin(app);
    await upload.send({ start: 0, end: 1_000 });
    const stranger = await app.createUser();
    const token = await app.token(stranger);
    const client = app.client(token);
    const target = bearer(upload.target.url, token);
    expect((await client.uploads.list.query({})).items.map(({ id }) => id)).toEqual([upload.id]);
    expect((await sendChunk(target, upload.file, { start: 1_000, end: SIZE })).status).toBe(200);
    const deleted = await send(target.url, { method: "DELETE", headers: { ...target.headers } });
    expect(deleted.status).toBe(404);
    expect(await refusal(client.uploads.delete.mutate({ id: upload.id }))).toMatchObject({
      code: "NOT_FOUND",
    });
    const checksum = upload.file.digest();
    const completed = await client.uploads.complete.mutate({ id: upload.id, checksum });
    expect(completed).toMatchObject({ status: "complete" });
    const file = await fetch(`${target.url}/file`, { headers: target.headers });
    expect(file.status).toBe(200);
    expect((await send(target.url)).status).toBe(401);
    expect((await upload.client.uploads.delete.mutate({ id: upload.id })).id).toBe(upload.id);
  });
});

describe("a quota", () => {
  it("counts declared sizes of unfinished and finished uploads, and is freed by deleting", async () => {
    await using app = await bootApp({ env: { QUOTA_BYTES: "250000" } });
    const [first, second] = [await begin(app), await begin(app)];
    await first.send({ start: 0, end: SIZE });
    await first.complete();
    expect(await refusal(begin(app))).toMatchObject({
      code: "QUOTA_EXCEEDED",
      httpStatus: 413,
      quota: 250_000,
      used: 200_000,
    });
    await second.client.uploads.delete.mutate({ id: second.id });
    await begin(app);
    const other = await app.createUser();
    await begin(app, { authorization: `Bearer ${await app.token(other)}` });
  });

  it("is not overdrawn by uploads that begin at once", async () => {
    await using app = await bootApp({ env: { QUOTA_BYTES: "250000" } });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => begin(app)));
    const begun = outcomes.filter(({ status }) => status === "fulfilled");
    expect(begun.length).toBeLessThanOrEqual(2);
    const { items } = await app.client(await app.token()).uploads.list.query({});
    expect(items.length).toBe(begun.length);
  });
});

describe("a ticket", () => {
  it("allows another client to send and complete one upload", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    const { ticket, expiresAt } = await upload.client.uploads.ticket.mutate({
      id: upload.id,
      expiresInSeconds: 600,
    });
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
    const target = bearer(upload.target.url, ticket);
    expect((await sendChunk(target, upload.file, { start: 0, end: SIZE })).status).toBe(200);
    const checksum = upload.file.digest();
    const client = app.client(ticket);
    expect(await client.uploads.complete.mutate({ id: upload.id, checksum })).toMatchObject({
      status: "complete",
    });
    expect(await upload.status()).toMatchObject({ status: "complete" });
  });
});

describe("where files lie", () => {
  it("is what the settings say, from the first byte to the finished file", async () => {
    const env = {
      CHUNKED_UPLOAD_PATH: "in/%Y-%j",
      CHUNKED_UPLOAD_INCOMPLETE_EXT: ".partial",
      CHUNKED_UPLOAD_COMPLETE_EXT: ".bin",
    };
    await using app = await bootApp({ env });
    const upload = await begin(app);
    const { createdAt } = upload.view;
    const year = createdAt.getUTCFullYear();
    const day = Math.floor((createdAt.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
    const at = `${app.dataDir}/media/in/${year}-${String(day).padStart(3, "0")}/${upload.id}`;
    await upload.send({ start: 0, end: 10 });
    expect(existsSync(`${at}.partial`)).toBe(true);
    await upload.send({ start: 10, end: SIZE });
    await upload.complete();
    expect([existsSync(`${at}.partial`), existsSync(`${at}.bin`)]).toEqual([false, true]);
    await expectWhole(upload);
  });

  it("needs no rename when both extensions are the same", async () => {
    const env = { CHUNKED_UPLOAD_INCOMPLETE_EXT: ".data", CHUNKED_UPLOAD_COMPLETE_EXT: ".data" };
    await using app = await bootApp({ env });
    const upload = await begin(app);
    await upload.send({ start: 0, end: SIZE });
    await upload.complete();
    await app.restart();
    await expectWhole(upload);
  });

  it("is by default the dated path of the original, .part and then .done, never the client's name", async () => {
    await using app = await bootApp();
    const headers = { authorization: `Bearer ${await app.token()}` };
    const init = { filename: "../../etc/passwd" };
    const upload = await beginUpload({ url: app.url, headers, file: randomFile(SIZE), init });
    const [year, month, day] = upload.view.createdAt.toISOString().slice(0, 10).split("-");
    const at = `${app.dataDir}/media/chunked_uploads/${year}/${month}/${day}/${upload.id}`;
    await upload.send({ start: 0, end: SIZE });
    expect(existsSync(`${at}.part`)).toBe(true);
    await upload.complete();
    expect([existsSync(`${at}.part`), existsSync(`${at}.done`)]).toEqual([false, true]);
    expectProblem(await upload.send({ start: 0, end: 10 }), 400, { code: "ALREADY_COMPLETE" });
  });
});

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUploadClient } from "../../../src/client/node/index.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import type { PartView } from "../../../src/doors/trpc/router-contract.ts";
import { bootApp } from "../../support/boot-app.ts";
import { crc64, type DirectScene, openDirectScene } from "../../support/direct-scene.ts";
import { versitygwPath } from "../../support/s3-server.ts";

const MIB = 2 ** 20;
const PART = 8 * MIB;

if (versitygwPath() === null)
  process.stdout.write("Direct uploads are not tested: there is no versitygw.\n");

describe.skipIf(versitygwPath() === null)("direct uploads over tRPC", { timeout: 60_000 }, () => {
  let scene: DirectScene;
  const bytes = randomBytes(PART + 1_000);

  beforeAll(async () => {
    scene = await openDirectScene();
  }, 60_000);
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const begin = async (given = bytes) => {
    const token = await scene.app.token();
    const { uploads } = scene.app.client(token);
    const filename = `${crypto.randomUUID()}.bin`;
    const view = await uploads.init.mutate({ filename, size: given.length, transfer: "direct" });
    return { token, uploads, view, id: view.id };
  };

  const partOf = async (number: number, given = bytes): Promise<PartView> => {
    const body = given.subarray((number - 1) * PART, number * PART);
    return { number, size: body.length, checksum: await crc64(body) };
  };

  const put = (
    { url, headers }: { url: string; headers: Readonly<Record<string, string>> },
    body: Uint8Array<ArrayBuffer>,
  ) => fetch(url, { method: "PUT", headers, body });

  it("name part size and checksum algorithm of the store", async () => {
    const { view } = await begin();
    expect(view).toMatchObject({
      transfer: "direct",
      verifiedBy: null,
      chunkSize: PART,
      checksumAlgorithm: "crc64nvme",
      offset: 0,
    });
  });

  it("count a part once the bucket has it with the signed checksum", async () => {
    const { uploads, id } = await begin();
    const last = await partOf(2);
    const signed = await uploads.parts.mutate({ id, sign: [last] });
    expect(signed.received).toEqual([]);
    const [request] = signed.urls;
    if (request === undefined) throw new Error("no request was signed");
    expect(request.expiresAt.getTime()).toBeGreaterThan(Date.now() + 14 * 60_000);
    const unsent = await uploads.parts.mutate({
      id,
      confirmed: [{ number: 2, etag: '"made up"' }],
    });
    expect(unsent.received).toEqual([]);

    const response = await put(request, bytes.subarray(PART));
    const etag = response.headers.get("etag") ?? "";
    const other = await uploads.parts.mutate({ id, confirmed: [{ number: 2, etag: '"other"' }] });
    expect(other.received).toEqual([]);
    const counted = await uploads.parts.mutate({ id, confirmed: [{ number: 2, etag }] });
    expect(counted.received).toEqual([last]);
    const view = await uploads.status.query({ id });
    expect(view).toMatchObject({ offset: 0, received: [[PART, bytes.length]] });
    await expect(
      uploads.complete.mutate({ id, checksum: await crc64(bytes) }),
    ).rejects.toMatchObject({ data: { upload: { code: "INCOMPLETE", missing: [[0, PART]] } } });
    // A part that counts is not signed again.
    expect((await uploads.parts.mutate({ id, sign: [last] })).urls).toEqual([]);
  });

  it("are refused by the bucket with other bytes, and by the server with another checksum", async () => {
    const { uploads, id } = await begin();
    const sign = [await partOf(1), await partOf(2)];
    const { urls } = await uploads.parts.mutate({ id, sign });
    const [first, second] = urls;
    if (first === undefined || second === undefined) throw new Error("two parts were signed");
    const wrong = Buffer.from(bytes.subarray(0, PART));
    wrong[4_711] = (wrong[4_711] ?? 0) ^ 1;
    expect((await put(first, wrong)).status).toBe(400);
    expect((await put(first, bytes.subarray(PART))).status).toBe(403);
    expect((await put(first, bytes.subarray(0, PART))).status).toBe(200);
    expect((await put(second, bytes.subarray(PART))).status).toBe(200);
    // Nothing was confirmed: a call that names no part asks the bucket for all.
    const { received } = await uploads.parts.mutate({ id });
    expect(received).toEqual(sign);

    const { prefix } = await uploads.status.query({ id });
    expect(prefix).toEqual({ length: bytes.length, checksum: await crc64(bytes) });
    const mismatch = uploads.complete.mutate({ id, checksum: await crc64(wrong) });
    await expect(mismatch).rejects.toMatchObject({
      data: { upload: { code: "CHECKSUM_MISMATCH" } },
    });
    const done = await uploads.complete.mutate({ id, checksum: await crc64(bytes) });
    expect(done).toMatchObject({ status: "complete", verifiedBy: "store" });
    const again = await uploads.complete.mutate({ id, checksum: await crc64(bytes) });
    expect(again.completedAt).toEqual(done.completedAt);
  });

  it("belong to their owner, and have only their own parts", async () => {
    const { uploads, id, token, view } = await begin();
    const stranger = scene.app.client(await scene.app.token(await scene.app.createUser()));
    const sign = [await partOf(1)];
    const notFound = { data: { upload: { code: "NOT_FOUND" } } };
    await expect(stranger.uploads.parts.mutate({ id, sign })).rejects.toMatchObject(notFound);
    await expect(stranger.uploads.parts.mutate({ id })).rejects.toMatchObject(notFound);

    const invalid = { data: { upload: { code: "INVALID_INPUT" } } };
    const odd = [
      { number: 3, size: 1, checksum: "00" },
      { number: 1, size: 5, checksum: "00" },
      { number: 1, size: PART, checksum: "no hex" },
    ];
    for (const part of odd)
      await expect(uploads.parts.mutate({ id, sign: [part] })).rejects.toMatchObject(invalid);
    const usual = await uploads.init.mutate({ filename: "a", size: 10 });
    await expect(uploads.parts.mutate({ id: usual.id })).rejects.toMatchObject(invalid);

    const ticket = await uploads.ticket.mutate({ id, expiresInSeconds: 60 });
    const holder = scene.app.client(ticket.ticket);
    expect((await holder.uploads.parts.mutate({ id, sign })).urls).toHaveLength(1);

    const headers = { authorization: `Bearer ${token}`, "content-range": "bytes 0-9/8389608" };
    const raw = await fetch(view.url, { method: "PUT", headers, body: "0123456789" });
    expect(await raw.json()).toMatchObject({ code: "REJECTED", transfer: "direct" });
  });

  it("are counted in the quota when they begin", async () => {
    await using app = await scene.boot({ env: { QUOTA_BYTES: "10MiB" } });
    const { uploads } = app.client(await app.token());
    const size = 6 * MIB;
    await uploads.init.mutate({ filename: "a", size, transfer: "direct" });
    await expect(
      uploads.init.mutate({ filename: "b", size, transfer: "direct" }),
    ).rejects.toMatchObject({ data: { upload: { code: "QUOTA_EXCEEDED" } } });
  });

  it("are removed when the profile does not accept their type", async () => {
    const completed: string[] = [];
    const onComplete = async ({ upload }: { upload: { id: string } }) => {
      completed.push(upload.id);
    };
    const profiles = defineProfiles({ default: profile({ accept: ["image/png"], onComplete }) });
    await using app = await scene.boot({ profiles });
    const token = await app.token();
    const client = createUploadClient({ url: app.url, token, resume: false, transfer: "direct" });
    const before = await scene.left();
    const failing = client.upload(new Blob([bytes]), { filename: "a.png" });
    await expect(failing.done).rejects.toMatchObject({ code: "REJECTED" });
    expect(await scene.left()).toEqual(before);
    const { items } = await app.client(token).uploads.list.query();
    expect({ items, completed }).toEqual({ items: [], completed: [] });
  });

  it("leave nothing in the bucket when they expire or are deleted", async () => {
    await using app = await scene.boot({ env: { CHUNKED_UPLOAD_EXPIRATION: "2s" } });
    const before = await scene.left();
    const { uploads } = app.client(await app.token());
    const ids: string[] = [];
    for (const filename of ["expires", "deleted"]) {
      const ask = { filename, size: bytes.length, transfer: "direct" } as const;
      const { id } = await uploads.init.mutate(ask);
      const { urls } = await uploads.parts.mutate({ id, sign: [await partOf(2)] });
      if (urls[0] !== undefined) await put(urls[0], bytes.subarray(PART));
      ids.push(id);
    }
    const [expiring = "", deleted = ""] = ids;
    expect((await scene.left()).multiparts).toHaveLength(before.multiparts.length + 2);
    await uploads.delete.mutate({ id: deleted });
    const { expiresAt } = await uploads.status.query({ id: expiring });
    await new Promise((resolve) => setTimeout(resolve, expiresAt.getTime() - Date.now() + 10));
    await expect(uploads.parts.mutate({ id: expiring })).rejects.toMatchObject({
      data: { upload: { code: "EXPIRED" } },
    });
    await app.application.core.administration.sweep({});
    expect(await scene.left()).toEqual(before);
  });

  it("are offered only by a store that takes them", async () => {
    await using app = await bootApp();
    const { uploads } = app.client(await app.token());
    const file = { filename: "a", size: 10 };
    const auto = await uploads.init.mutate({ ...file, transfer: "auto" });
    expect(auto).toMatchObject({ transfer: "server", checksumAlgorithm: "md5" });
    const invalid = { data: { upload: { code: "INVALID_INPUT", field: "transfer" } } };
    const direct = uploads.init.mutate({ ...file, transfer: "direct" });
    await expect(direct).rejects.toMatchObject(invalid);

    const there = scene.app.client(await scene.app.token()).uploads;
    const sha = { ...file, checksumAlgorithm: "sha256" };
    expect(await there.init.mutate({ ...sha, transfer: "auto" })).toMatchObject({
      transfer: "server",
    });
    await expect(there.init.mutate({ ...sha, transfer: "direct" })).rejects.toMatchObject(invalid);
    await expect(there.init.mutate({ filename: "a", transfer: "direct" })).rejects.toMatchObject(
      invalid,
    );
  });
});

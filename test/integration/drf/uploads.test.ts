import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { formOf } from "../../support/form-sender.ts";
import { openConnection } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { beginDrf, bootDrf, listed } from "./begin-drf.ts";

const SIZE = 100_000;
const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

async function bytesAt(drf: DrfClient, url: unknown): Promise<Buffer> {
  const answer = await drf.ask("GET", String(url));
  expect(answer.status).toBe(200);
  return answer.body;
}

describe("an upload at the drf door", () => {
  it("is created, continued, completed and downloaded", async () => {
    await using served = await bootDrf();
    const { app, drf } = served;
    const file = randomFile(SIZE);
    const first = await drf.put({ bytes: file.slice(0, 40_000), total: SIZE });
    expect(first.status).toBe(200);
    const { id, url } = said(first);
    expect(first.json()).toEqual({
      id: expect.any(String),
      url: `${app.url}/api/chunked_upload/${id}/`,
      file: null,
      filename: "afile",
      offset: 40_000,
      created_at: iso,
      status: 1,
      completed_at: null,
      user: (await app.user()).id,
      expires: iso,
      data: null,
    });
    expect(first.headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
    });
    const bytes = file.slice(40_000, SIZE);
    expect(said(await drf.put({ bytes, start: 40_000, total: SIZE }, url)).offset).toBe(SIZE);
    const done = await drf.complete(url, { md5: file.digest() });
    expect(done.status).toBe(200);
    expect(done.json()).toMatchObject({ id, url, offset: SIZE, status: 2, completed_at: iso });
    const held = await bytesAt(drf, said(done).file);
    expect(held.equals(file.slice(0, SIZE))).toBe(true);
  });

  it.each(["", "/"])(
    "is reached with %j at the end of the path, without a redirect",
    async (end) => {
      await using served = await bootDrf();
      const { drf } = served;
      const bare = (url: string) => url.slice(0, -1) + end;
      const file = randomFile(2_000);
      const begun = await drf.put({ bytes: file.slice(0, 1_000), total: 2_000 }, bare(drf.at));
      expect(begun.status).toBe(200);
      const { url } = said(begun);
      const rest = { bytes: file.slice(1_000, 2_000), start: 1_000, total: 2_000 };
      expect((await drf.put(rest, bare(url))).status).toBe(200);
      expect((await drf.complete(bare(url), { md5: file.digest() })).status).toBe(200);
      for (const method of ["GET", "HEAD"]) {
        expect((await drf.ask(method, bare(url))).status).toBe(200);
        expect((await drf.ask(method, bare(drf.at))).status).toBe(200);
      }
      expect((await drf.ask("DELETE", bare(url))).status).toBe(204);
      expect((await drf.ask("GET", bare(url))).status).toBe(404);
    },
  );

  it("is completed by any kind of form or by JSON, with a checksum in any case", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const body = (md5: string) => ({
      urlencoded: (url: string) => drf.complete(url, { md5: md5.toUpperCase() }),
      multipart: (url: string) => drf.send("POST", url, { parts: [{ name: "md5", body: md5 }] }),
      json: (url: string) =>
        drf.ask("POST", url, {
          headers: { "content-type": "application/json; charset=utf-8" },
          body: JSON.stringify({ md5, other: [1] }),
        }),
    });
    for (const kind of ["urlencoded", "multipart", "json"] as const) {
      const upload = await beginDrf(drf, { size: 500, first: 500 });
      const answer = await body(upload.file.digest())[kind](upload.url);
      expect({ status: answer.status, ...said(answer) }, kind).toMatchObject({ status: 2 });
    }
  });

  it("is completed by the configured checksum, in a field of its name", async () => {
    await using served = await bootDrf({ env: { CHUNKED_UPLOAD_CHECKSUM: "sha256" } });
    const { drf } = served;
    const upload = await beginDrf(drf, { size: 500, first: 500 });
    const missing = await drf.complete(upload.url, { md5: upload.file.digest() });
    expect(said(missing).detail).toBe("Checksum of type 'sha256' is required");
    const sha256 = upload.file.digest("sha256");
    expect((await drf.complete(upload.url, { sha256 })).status).toBe(200);
  });

  it("is completed by a checksum whose name is spelled as in Python", async () => {
    await using served = await bootDrf({ env: { CHUNKED_UPLOAD_CHECKSUM: "SHA3_256" } });
    const { drf } = served;
    for (const name of ["SHA3_256", "sha3_256", "sha3-256"]) {
      const upload = await beginDrf(drf, { size: 500, first: 500 });
      const checksum = upload.file.digest("sha3-256");
      expect((await drf.complete(upload.url, { [name]: "0" })).status).toBe(400);
      expect((await drf.complete(upload.url, { [name]: checksum })).status, name).toBe(200);
    }
  });

  it("needs no checksum if the profile makes it optional", async () => {
    const profiles = defineProfiles({ default: profile({ checksum: "optional" }) });
    await using served = await bootDrf({ profiles });
    const { drf } = served;
    const upload = await beginDrf(drf, { size: 500, first: 500 });
    expect((await drf.complete(upload.url, {})).status).toBe(200);
    expect((await drf.complete(upload.url, {})).status).toBe(200);
    expect((await drf.whole({ bytes: Buffer.from("whole") })).status).toBe(200);
    const unknown = drf.urlOf("11111111-2222-4333-8444-555555555555");
    expect((await drf.complete(unknown, {})).status).toBe(404);
  });

  it("reads its chunk from the configured field", async () => {
    await using served = await bootDrf({ env: { CHUNKED_UPLOAD_FIELD_NAME: "my_file" } });
    const { drf } = served;
    const bytes = Buffer.from("bytes");
    expect((await drf.put({ bytes, field: "my_file" })).status).toBe(200);
    expect(said(await drf.put({ bytes })).code).toBe("NO_CHUNK");
  });

  it("returns the result of onComplete as data", async () => {
    const profiles = defineProfiles({
      default: profile({ onComplete: ({ upload }) => ({ size: upload.size, at: new Date(0) }) }),
    });
    await using served = await bootDrf({ profiles });
    const { drf } = served;
    const upload = await beginDrf(drf, { size: 500, first: 500 });
    const done = await drf.complete(upload.url, { md5: upload.file.digest() });
    expect(said(done).data).toEqual({ size: 500, at: "1970-01-01T00:00:00.000Z" });
  });
});

describe("a whole file in one request", () => {
  it("is accepted with its checksum anywhere and any Content-Range", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const file = randomFile(SIZE);
    const bytes = file.slice(0, SIZE);
    const md5 = file.digest();
    const asks = [
      { fields: { filename: "before", md5 } },
      { fields: {}, later: { md5, filename: "before" } },
      { fields: { filename: "before" }, later: { md5 }, headers: { "content-range": "nonsense" } },
    ];
    for (const ask of asks) {
      const answer = await drf.whole({ bytes, ...ask });
      expect(answer.status, String(answer.body)).toBe(200);
      expect(answer.json()).toMatchObject({ filename: "before", offset: SIZE, status: 2 });
      expect((await bytesAt(drf, said(answer).file)).equals(bytes)).toBe(true);
    }
  });

  it("may be empty", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const fields = { filename: "empty", md5: "d41d8cd98f00b204e9800998ecf8427e" };
    const answer = await drf.whole({ bytes: Buffer.alloc(0), fields });
    expect(answer.json()).toMatchObject({ offset: 0, status: 2 });
    expect((await bytesAt(drf, said(answer).file)).length).toBe(0);
  });

  it("leaves nothing if it is refused", async () => {
    const profiles = defineProfiles({
      default: profile({ maxBytes: 200_000 }),
      picture: profile({ accept: ["image/*"] }),
    });
    await using served = await bootDrf({ profiles });
    const { app, drf } = served;
    const bytes = randomFile(SIZE).slice(0, SIZE);
    const refused = [
      await drf.whole({ bytes, fields: { filename: "a", md5: "12345" } }),
      await drf.whole({ bytes, fields: { filename: "a" } }),
      await drf.whole({ bytes: Buffer.alloc(200_001), fields: { md5: "a" } }),
      await drf.whole({ bytes: Buffer.alloc(900_000), fields: { md5: "a" } }),
      await drf.whole({ bytes, fields: { md5: "a", profile: "picture" } }),
      await drf.whole({ bytes, fields: { md5: "a", profile: "none such" } }),
      await drf.whole({ bytes, fields: { md5: "a" }, later: { profile: "picture" } }),
      await drf.whole({ bytes, fields: { md5: "a", filename: ".." } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
    expect(refused.map((answer) => said(answer).code)).toEqual([
      "CHECKSUM_MISMATCH",
      "CHECKSUM_REQUIRED",
      "TOO_LARGE",
      "TOO_LARGE",
      "REJECTED",
      "REJECTED",
      "INVALID_INPUT",
      "REJECTED",
    ]);
    expect(await listed(drf)).toEqual([]);
    const swept = await app.application.core.administration.sweep({ orphans: true });
    expect(swept).toMatchObject({ files: 0, records: 0, strays: [] });
  });
});

describe("a whole file over the quota", () => {
  it("is refused by its Content-Length, before it is received", async () => {
    await using served = await bootDrf({ env: { QUOTA_BYTES: "1000000" } });
    const { app, drf } = served;
    await using line = await openConnection(app.url);
    const form = formOf([{ name: "file", filename: "large", body: Buffer.alloc(3_000_000) }]);
    const bytes = form.bytes();
    const headers = { ...drf.headers, ...form.headers, "content-length": String(bytes.length) };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    await line.write(`POST /api/chunked_upload/ HTTP/1.1\r\nhost: x\r\n${lines.join("")}\r\n`);
    await line.write(bytes.subarray(0, 1_000));
    expect(await line.waitFor("QUOTA_EXCEEDED")).toContain("HTTP/1.1 413");
    expect(await listed(drf)).toEqual([]);
  });
});

describe("the list", () => {
  it("contains all own uploads, newest first, over any number of pages", async () => {
    await using served = await bootDrf();
    const { app, drf } = served;
    expect((await drf.ask("GET", drf.at)).json()).toEqual([]);
    const { client } = await stranger(served);
    await client.put({ bytes: Buffer.from("not mine") });
    const api = app.client(await app.token());
    const ids: string[] = [];
    for (let index = 0; index < 205; index += 1) {
      ids.unshift((await api.uploads.init.mutate({ filename: `${index}`, size: 1 })).id);
    }
    expect(await listed(drf)).toEqual(ids);
    const head = await drf.ask("HEAD", drf.at);
    expect({ status: head.status, length: head.body.length }).toEqual({ status: 200, length: 0 });
  });

  it("contains the uploads of all users if they are not restricted to their users", async () => {
    await using served = await bootDrf({ env: { CHUNKED_UPLOAD_USER_RESTRICTED: "false" } });
    const { drf } = served;
    const { client } = await stranger(served);
    const theirs = await beginDrf(client);
    expect(await listed(drf)).toEqual([theirs.id]);
    const next = { bytes: theirs.file.slice(10_000, 20_000), start: 10_000, total: SIZE };
    expect((await drf.put(next, theirs.url)).status).toBe(200);
    expect((await drf.ask("DELETE", theirs.url)).status).toBe(404);
  });

  it("is empty for an anonymous client where anonymous uploads are allowed", async () => {
    await using served = await bootDrf({ env: { CHUNKED_UPLOAD_ALLOW_ANONYMOUS: "true" } });
    const nobody = new DrfClient(served.app.url, {});
    const upload = await beginDrf(nobody, { size: 500, first: 500 });
    expect(said(await nobody.ask("GET", upload.url))).toMatchObject({ user: null, offset: 500 });
    expect(await listed(nobody)).toEqual([]);
    const done = await nobody.complete(upload.url, { md5: upload.file.digest() });
    expect(said(done).status).toBe(2);
  });
});

async function stranger({ app }: { app: Awaited<ReturnType<typeof bootDrf>>["app"] }) {
  return { client: DrfClient.by(app.url, await app.token(await app.createUser())) };
}

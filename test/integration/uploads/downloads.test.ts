import { describe, expect, it } from "vitest";
import { beginUpload } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";

const SIZE = 3_000_000;

async function finished(app: BootedApp, init: { filename?: string; contentType?: string } = {}) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(SIZE), init });
  await upload.send({ start: 0, end: SIZE });
  const { fileUrl } = await upload.complete();
  const get = (extra: Record<string, string> = {}, method = "GET") =>
    send(String(fileUrl), { method, headers: { ...headers, ...extra } });
  return { ...upload, get };
}

describe("a finished file", () => {
  it("is downloaded whole, safely, and never compressed", async () => {
    await using app = await bootApp();
    const upload = await finished(app, {
      filename: 'naïve "plan" €.html',
      contentType: "text/html",
    });
    const answer = await upload.get({ "accept-encoding": "gzip, br" });
    expect(answer.status).toBe(200);
    expect(answer.body.equals(upload.file.slice(0, SIZE))).toBe(true);
    expect(answer.headers).toMatchObject({
      "content-length": String(SIZE),
      "content-type": "text/html",
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox",
    });
    expect(answer.headers["content-encoding"]).toBeUndefined();
    const disposition = answer.headers["content-disposition"];
    expect(disposition).toMatch(/^attachment; /);
    expect(disposition).toContain("filename*=UTF-8''na%C3%AFve%20%22plan%22%20%E2%82%AC.html");
  });

  it("answers HEAD with the same headers and no body", async () => {
    await using app = await bootApp();
    const upload = await finished(app);
    const [got, head] = [await upload.get(), await upload.get({}, "HEAD")];
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
    for (const name of ["content-length", "content-type", "etag", "last-modified"]) {
      expect(head.headers[name], name).toBe(got.headers[name]);
    }
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=100-199", 100, 200],
    ["bytes=2999999-", SIZE - 1, SIZE],
    ["bytes=1000000-99999999", 1_000_000, SIZE],
    ["bytes=-5", SIZE - 5, SIZE],
  ])("answers %s with 206", async (range, start, end) => {
    await using app = await bootApp();
    const upload = await finished(app);
    const answer = await upload.get({ range });
    expect(answer.status).toBe(206);
    expect(answer.headers["content-range"]).toBe(`bytes ${start}-${end - 1}/${SIZE}`);
    expect(answer.headers["content-length"]).toBe(String(end - start));
    expect(answer.body.equals(upload.file.slice(start, end))).toBe(true);
  });

  it.each(["bytes=0-1,5-6", "items=0-1", "bytes=x-y", "nonsense"])(
    "answers %s with the whole",
    async (range) => {
      await using app = await bootApp();
      const upload = await finished(app);
      const answer = await upload.get({ range });
      expect(answer.status).toBe(200);
      expect(answer.body.length).toBe(SIZE);
    },
  );

  it("knows what the caller has already", async () => {
    await using app = await bootApp();
    const upload = await finished(app);
    const { etag = "", "last-modified": modified = "" } = (await upload.get({}, "HEAD")).headers;
    expect(etag).toBe(`"md5-${upload.file.digest()}"`);
    const same = await upload.get({ "if-none-match": etag });
    expect([same.status, same.body.length]).toEqual([304, 0]);
    expect((await upload.get({ "if-none-match": '"other"' })).status).toBe(200);
    expect((await upload.get({ "if-modified-since": modified })).status).toBe(304);
    expect((await upload.get({ range: "bytes=0-9", "if-range": etag })).status).toBe(206);
    expect((await upload.get({ range: "bytes=0-9", "if-range": '"other"' })).status).toBe(200);
    const behind = await upload.get({ range: `bytes=${SIZE}-` });
    expect(behind.status).toBe(416);
    expect(behind.headers["content-range"]).toBe(`bytes */${SIZE}`);
  });

  it.each(["text/html; charset=utf-8", "no type", "a/b\u00e9", ""])(
    "of the declared type %j is sent as mere bytes",
    async (contentType) => {
      await using app = await bootApp();
      const upload = await finished(app, { contentType });
      expect((await upload.get({}, "HEAD")).headers["content-type"]).toBe(
        "application/octet-stream",
      );
    },
  );
});

import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { BootOptions } from "../../support/boot-app.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { expire } from "../../support/edit-records.ts";
import type { WholeAnswer } from "../../support/http-client.ts";
import { bootDrf, type DrfApp, listed } from "./begin-drf.ts";

/** The settings of the original's tests. */
const env = { CHUNKED_UPLOAD_MAX_BYTES: "1000000" };
const boot = (options: BootOptions = {}) =>
  bootDrf({ ...options, env: { ...env, ...options.env } });

/** A file in chunks, like those of the original's tests. */
class Chunks {
  readonly data: Buffer;
  readonly md5: string;
  readonly chunkSize: number;
  readonly count: number;

  constructor(chunkSize = 10_000, count = 10) {
    this.chunkSize = chunkSize;
    this.count = count;
    this.data = randomBytes(chunkSize * count);
    this.md5 = createHash("md5").update(this.data).digest("hex");
  }

  /** The request's chunk, fields and range; `range` replaces the header. */
  request(index: number, range?: string) {
    const start = index * this.chunkSize;
    const bytes = this.data.subarray(start, start + this.chunkSize);
    const total = this.chunkSize * this.count;
    return { bytes, start, total, ...(range === undefined ? {} : { range }) };
  }

  /** The same as a whole file, with its checksum. */
  whole(md5 = this.md5) {
    const { bytes, start, total } = this.request(0);
    const range = `bytes ${start}-${start + bytes.length - 1}/${total}`;
    return {
      bytes,
      fields: { filename: "afile", md5 },
      headers: { "content-range": range },
    };
  }
}

/** One unfinished and one complete upload, like the fixture `user1_uploads`. */
async function userUploads(drf: DrfClient): Promise<[uploading: string, complete: string]> {
  const fields = { filename: "fakefile" };
  const uploading = said(await drf.put({ bytes: Buffer.alloc(1), total: 100_000, fields })).id;
  const md5 = createHash("md5").update(Buffer.alloc(1)).digest("hex");
  const complete = await drf.whole({ bytes: Buffer.alloc(1), fields: { ...fields, md5 } });
  expect(complete.status).toBe(200);
  return [uploading, said(complete).id];
}

async function secondUser({ app }: DrfApp): Promise<DrfClient> {
  return DrfClient.by(app.url, await app.token(await app.createUser()));
}

function expectRefused(answer: WholeAnswer, status: number, detail?: string): void {
  expect(answer.status).toBe(status);
  if (detail !== undefined) expect(said(answer).detail).toBe(detail);
}

describe("tests/test_uploads.py of the original, over HTTP", () => {
  it("test_print_chunked_upload", async () => {
    await using served = await boot();
    const [id] = await userUploads(served.drf);
    // Every response contains what the original prints of a record.
    const shown = said(await served.drf.ask("GET", served.drf.urlOf(id)));
    expect(shown).toMatchObject({ filename: "fakefile", id, offset: 1, status: 1 });
  });

  it("test_chunked_upload", async () => {
    await using served = await boot();
    const { drf } = served;
    const chunks = new Chunks();
    let url = drf.at;
    for (let index = 0; index < chunks.count; index += 1) {
      const answer = await drf.put(chunks.request(index), url);
      expect(answer.status).toBe(200);
      url = drf.urlOf(said(answer).id);
    }
    const done = await drf.send("POST", url, { parts: [{ name: "md5", body: chunks.md5 }] });
    expect(done.status).toBe(200);
  });

  it("test_chunked_upload_wrong_order", async () => {
    await using served = await boot();
    const { drf } = served;
    const chunks = new Chunks(10, 5);
    const first = await drf.put(chunks.request(0));
    expect(first.status).toBe(200);
    const answer = await drf.put(chunks.request(2), drf.urlOf(said(first).id));
    expectRefused(answer, 400, "Offsets do not match");
    expect(said(answer)).toMatchObject({ expected_offset: 10, provided_offset: 20 });
  });

  it("test_chunked_upload_no_checksum", async () => {
    await using served = await boot();
    const { drf } = served;
    const answer = await drf.send("POST", drf.urlOf("1"), { parts: [] });
    expectRefused(answer, 400, "Checksum of type 'md5' is required");
  });

  it("test_wrong_user", async () => {
    await using served = await boot();
    const [id] = await userUploads(served.drf);
    const other = await secondUser(served);
    expectRefused(await other.put(new Chunks().request(3), other.urlOf(id)), 404);
  });

  it("test_resume_expired", async () => {
    await using served = await boot();
    const { app, drf } = served;
    const [id] = await userUploads(drf);
    await expire(app, id);
    expectRefused(await drf.put(new Chunks().request(0), drf.urlOf(id)), 410, "Upload has expired");
  });

  it("test_resume_completed", async () => {
    await using served = await boot();
    const { drf } = served;
    const [, id] = await userUploads(drf);
    const answer = await drf.put(new Chunks().request(5), drf.urlOf(id));
    expectRefused(answer, 400, 'Upload has already been marked as "complete"');
  });

  it.each([
    ["bytes nonsense", "Error in request headers"],
    ["bytes 0-100000/5", "End of chunk exceeds reported total (5 bytes)"],
    ["bytes 0-9999/999999999999999999999", "Size of file exceeds the limit (1000000 bytes)"],
    ["bytes 0-1/100000", "File size doesn't match headers: file size is 10000 but 2 reported"],
  ])("test_bad_content_range: %s", async (range, detail) => {
    await using served = await boot();
    expectRefused(await served.drf.put(new Chunks().request(0, range)), 400, detail);
  });

  it("test_post_upload", async () => {
    await using served = await boot();
    expect((await served.drf.whole(new Chunks(100_000, 1).whole())).status).toBe(200);
  });

  it("test_bad_checksum", async () => {
    await using served = await boot();
    const answer = await served.drf.whole(new Chunks(100_000, 1).whole("12345"));
    expectRefused(answer, 400, "checksum does not match");
  });

  it("test_no_chunk", async () => {
    await using served = await boot();
    const { drf } = served;
    const { fields, headers } = new Chunks(100_000, 1).whole();
    const parts = Object.entries(fields).map(([name, body]) => ({ name, body }));
    const answer = await drf.send("POST", drf.at, { parts, headers });
    expectRefused(answer, 400, "No chunk file was submitted");
  });

  it("test_list_uploads", async () => {
    await using served = await boot();
    const mine = await userUploads(served.drf);
    await userUploads(await secondUser(served));
    expect((await listed(served.drf)).sort()).toEqual([...mine].sort());
  });

  it("test_get_upload", async () => {
    await using served = await boot();
    const [id] = await userUploads(served.drf);
    const answer = await served.drf.ask("GET", served.drf.urlOf(id));
    expect(answer.status).toBe(200);
    expect(said(answer).id).toBe(id);
  });

  it("test_list_uploads_no_user_restricted", async () => {
    await using served = await boot({ env: { CHUNKED_UPLOAD_ALLOW_ANONYMOUS: "true" } });
    await userUploads(served.drf);
    expect(await listed(new DrfClient(served.app.url, {}))).toEqual([]);
    // Without anonymous uploads, a request without a credential gets no list.
    await using closed = await boot();
    expect((await new DrfClient(closed.app.url, {}).ask("GET", closed.drf.at)).status).toBe(401);
  });

  it("test_anonymous_upload", async () => {
    await using served = await boot();
    const nobody = new DrfClient(served.app.url, {});
    const answer = await nobody.whole(new Chunks(100_000, 1).whole());
    // The original returns 400; here a missing credential is always 401.
    const detail = "Upload requires user authentication but user cannot be determined";
    expectRefused(answer, 401, detail);
  });

  it("test_list_uploads_no_user_not_restricted", async () => {
    await using served = await boot({ env: { CHUNKED_UPLOAD_USER_RESTRICTED: "false" } });
    const other = await secondUser(served);
    const all = [...(await userUploads(served.drf)), ...(await userUploads(other))];
    // Any signed-in user can see all uploads; in the original, anyone can.
    expect((await listed(other)).sort()).toEqual(all.sort());
    expect((await new DrfClient(served.app.url, {}).ask("GET", other.at)).status).toBe(401);
  });
});

import { describe, expect, it } from "vitest";
import type { BootedApp } from "../../support/boot-app.ts";
import { type DrfClient, said } from "../../support/drf-client.ts";
import { expire } from "../../support/edit-records.ts";
import { formOf } from "../../support/form-sender.ts";
import { send, type WholeAnswer } from "../../support/http-client.ts";
import { beginDrf, bootDrf, listed } from "./begin-drf.ts";

const LIMIT = 1_000_000;
const SIZE = 100_000;
const env = { CHUNKED_UPLOAD_MAX_BYTES: String(LIMIT) };
const nobodysId = "11111111-2222-4333-8444-555555555555";
const ten = Buffer.alloc(10);

const codeOf = (answer: WholeAnswer) => said(answer).code ?? answer.status;

/** Each range violates its own rule and all later ones, except the rules of the record. */
const ranges: [code: string, range: string | null][] = [
  ["BAD_CONTENT_RANGE", null],
  ["CHUNK_EXCEEDS_TOTAL", `bytes 50-${2 * LIMIT}/${2 * LIMIT}`],
  ["TOO_LARGE", `bytes 50-99/${2 * LIMIT}`],
  ["SIZE_MISMATCH", `bytes 50-99/${SIZE + 1}`],
];

async function expectOrder(drf: DrfClient, url: string, last: unknown): Promise<void> {
  for (const [code, range] of ranges) {
    const none = await drf.put({ bytes: ten, range, field: "other" }, url);
    expect(codeOf(none), `no chunk, ${range}`).toBe("NO_CHUNK");
    expect(codeOf(await drf.put({ bytes: ten, range }, url)), `${range}`).toBe(code);
  }
  const right = { bytes: ten, range: `bytes 50-59/${SIZE + 1}` };
  expect(codeOf(await drf.put(right, url))).toBe(last);
  expect(codeOf(await drf.put({ ...right, field: "other" }, url))).toBe("NO_CHUNK");
}

describe("a PUT that violates several rules gets the first error", () => {
  it("for an unknown id", async () => {
    await using served = await bootDrf({ env });
    await expectOrder(served.drf, served.drf.urlOf(nobodysId), "NOT_FOUND");
  });

  it("for an expired, a complete and an unfinished upload", async () => {
    await using served = await bootDrf({ env });
    const { app, drf } = served;
    const expired = await beginDrf(drf);
    await expire(app, expired.id);
    await expectOrder(drf, expired.url, "EXPIRED");
    const complete = await completed(drf);
    await expire(app, complete);
    await expectOrder(drf, drf.urlOf(complete), "ALREADY_COMPLETE");
    const open = await beginDrf(drf);
    await expectOrder(drf, open.url, "TOTAL_MISMATCH");
    expect(await open.chunk(50, 60)).toMatchObject({ body: { code: "OFFSET_MISMATCH" } });
    expect(await offsetOf(drf, open.url)).toBe(10_000);
  });

  it("for a new upload, which is then not created", async () => {
    await using served = await bootDrf({ env });
    await expectOrder(served.drf, served.drf.at, "OFFSET_MISMATCH");
    const refused = { filename: "a", profile: "none such" };
    const short = { bytes: ten, range: "bytes 0-19/20", fields: refused };
    expect(codeOf(await served.drf.put(short))).toBe("SIZE_MISMATCH");
    expect(codeOf(await served.drf.put({ bytes: ten, fields: refused }))).toBe("REJECTED");
    expect(await listed(served.drf)).toEqual([]);
  });

  it("and at most its range and 64 KiB of its body are read", async () => {
    await using served = await bootDrf({ env });
    const { app, drf } = served;
    const [heard, sent] = await endless(app, drf, nobodysId);
    expect(codeOf(heard)).toBe("SIZE_MISMATCH");
    expect(said(heard).detail).toBe(
      "File size doesn't match headers: file size is unknown but 10 reported",
    );
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });
});

describe("a POST that violates several rules gets the first error", () => {
  it("when it completes", async () => {
    await using served = await bootDrf({ env });
    const { app, drf } = served;
    const upload = await beginDrf(drf);
    const wrong = { md5: "0".repeat(32) };
    const heard: unknown[] = [];
    const hear = async (answer: Promise<WholeAnswer>) => heard.push(codeOf(await answer));
    await hear(drf.complete(drf.urlOf(nobodysId), {}));
    await hear(drf.complete(drf.urlOf(nobodysId), wrong));
    await hear(drf.complete(upload.url, wrong));
    await expire(app, upload.id);
    await hear(drf.complete(upload.url, {}));
    await hear(drf.complete(upload.url, wrong));
    const done = drf.urlOf(await completed(drf));
    await hear(drf.complete(done, {}));
    await hear(drf.complete(done, wrong));
    expect(heard).toEqual([
      "CHECKSUM_REQUIRED",
      "NOT_FOUND",
      "INCOMPLETE",
      "CHECKSUM_REQUIRED",
      "EXPIRED",
      "CHECKSUM_REQUIRED",
      "ALREADY_COMPLETE",
    ]);
  });

  it("when it contains a whole file", async () => {
    await using served = await bootDrf({ env });
    const { drf } = served;
    const large = Buffer.alloc(LIMIT + 1);
    const none = await drf.whole({ bytes: large, field: "other", partName: null });
    expect(codeOf(none)).toBe("BODY_TOO_LARGE");
    expect(codeOf(await drf.whole({ bytes: ten, field: "other" }))).toBe("NO_CHUNK");
    expect(codeOf(await drf.whole({ bytes: large }))).toBe("TOO_LARGE");
    expect(codeOf(await drf.whole({ bytes: ten }))).toBe("CHECKSUM_REQUIRED");
    expect(codeOf(await drf.whole({ bytes: ten, later: { md5: "0" } }))).toBe("CHECKSUM_MISMATCH");
    expect(await listed(drf)).toEqual([]);
  });
});

async function completed(drf: DrfClient): Promise<string> {
  const upload = await beginDrf(drf, { size: 10, first: 10 });
  expect((await drf.complete(upload.url, { md5: upload.file.digest() })).status).toBe(200);
  return upload.id;
}

async function offsetOf(drf: DrfClient, url: string): Promise<unknown> {
  return said(await drf.ask("GET", url)).offset;
}

/** An endless chunk that declares ten bytes, and a counter of the bytes sent. */
async function endless(
  app: BootedApp,
  drf: DrfClient,
  id: string,
): Promise<[answer: WholeAnswer, sent: number]> {
  let sent = 0;
  let answered = false;
  const part = formOf([{ name: "file", filename: "a", body: "" }]);
  const bytes = part.bytes();
  async function* body() {
    yield bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 4);
    const block = Buffer.alloc(65_536);
    while (!answered) {
      sent += block.length;
      yield block;
    }
  }
  const answer = await send(`${app.url}/api/chunked_upload/${id}/`, {
    method: "PUT",
    headers: {
      ...drf.headers,
      "content-type": part.headers["content-type"] ?? "",
      "content-range": `bytes 0-9/${SIZE}`,
    },
    body: body(),
  });
  answered = true;
  return [answer, sent];
}

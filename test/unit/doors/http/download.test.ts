import { describe, expect, it } from "vitest";
import { UploadError } from "../../../../src/core/errors.ts";
import type { ByteRange } from "../../../../src/core/ranges.ts";
import type { OpenedUpload } from "../../../../src/core/requests.ts";
import type { Upload } from "../../../../src/core/upload.ts";
import { bodyOf, doorRequest, jsonOf, textOf } from "../../../support/door-request.ts";
import { uploadRecord } from "../../../support/upload-record.ts";
import { chunksDoor } from "../chunks/chunks-door-support.ts";

const text = "0123456789";
const path = `/api/uploads/${uploadRecord().id}/file`;
const etag = '"md5-781e5e245d69b566979b86e28d23f2c7"';

function opened(overrides: Partial<Upload> = {}, content = text): OpenedUpload {
  const upload = {
    ...uploadRecord({
      state: "complete",
      offset: content.length,
      completedAt: new Date("2026-01-02T03:05:06.789Z"),
      ...overrides,
    }),
    size: content.length,
    checksum: "781e5e245d69b566979b86e28d23f2c7",
  };
  return { upload, link: null, read: ({ start, end }) => bodyOf(...content.slice(start, end)) };
}

async function get(
  headers: Record<string, string> = {},
  { file = opened(), method = "GET" }: { file?: OpenedUpload; method?: string } = {},
) {
  const { door } = chunksDoor({ open: async () => file });
  return door(doorRequest(path, { method, headers }));
}

describe("the download", () => {
  it("returns the whole file with the headers for browsers", async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(await textOf(answer)).toBe(text);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-length": "10",
      "content-type": "video/mp4",
      "content-disposition": "attachment; filename=film.mp4",
      "accept-ranges": "bytes",
      etag,
      "last-modified": "Fri, 02 Jan 2026 03:05:06 GMT",
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox",
    });
    expect(answer.headers.has("content-range")).toBe(false);
  });

  it("returns the same headers for HEAD, without reading a byte", async () => {
    const read: ByteRange[] = [];
    const file: OpenedUpload = {
      ...opened(),
      read: (range) => {
        read.push(range);
        return bodyOf("x");
      },
    };
    const head = await get({ range: "bytes=0-1" }, { file, method: "HEAD" });
    expect(head).toMatchObject({ status: 200, body: null });
    expect([...head.headers]).toEqual([...(await get()).headers]);
    expect(read).toEqual([]);
  });

  it.each([
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=-1", "9", "bytes 9-9/10"],
    ["bytes=-20", text, "bytes 0-9/10"],
    ["bytes=0-", text, "bytes 0-9/10"],
  ])("returns the range %s", async (range, part, contentRange) => {
    const answer = await get({ range });
    expect(answer.status).toBe(206);
    expect(await textOf(answer)).toBe(part);
    expect(answer.headers.get("content-range")).toBe(contentRange);
    expect(answer.headers.get("content-length")).toBe(String(part.length));
    expect(answer.headers.get("etag")).toBe(etag);
  });

  it("returns the whole file for several ranges, and for a range of another file", async () => {
    expect((await get({ range: "bytes=0-1,3-4" })).status).toBe(200);
    expect((await get({ range: "bytes=0-1", "if-range": '"other"' })).status).toBe(200);
    expect((await get({ range: "bytes=0-1", "if-range": etag })).status).toBe(206);
  });

  it("returns the length of the file for an unsatisfiable range", async () => {
    const answer = await get({ range: "bytes=10-" });
    expect(answer.status).toBe(416);
    expect(answer.headers.get("content-range")).toBe("bytes */10");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await jsonOf(answer)).toMatchObject({ code: "RANGE_NOT_SATISFIABLE" });
  });

  it.each(["GET", "HEAD"])("returns 304 to a %s of a file that the client has", async (method) => {
    for (const headers of [
      { "if-none-match": etag, range: "bytes=99-" },
      { "if-modified-since": "Fri, 02 Jan 2026 03:05:06 GMT" },
    ]) {
      const answer = await get(headers, { method });
      expect(answer).toMatchObject({ status: 304, body: null });
      expect(answer.headers.get("etag")).toBe(etag);
      expect(answer.headers.get("cache-control")).toBe("private, no-cache");
      expect(answer.headers.has("content-length")).toBe(false);
    }
  });

  it("returns 412 if the client expects another file", async () => {
    expect(await get({ "if-match": '"other"' })).toMatchObject({ status: 412, body: null });
  });

  it("returns an empty file", async () => {
    const file = opened({}, "");
    const answer = await get({}, { file });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-length")).toBe("0");
    expect(await textOf(answer)).toBe("");
    const part = await get({ range: "bytes=0-0" }, { file });
    expect(part.status).toBe(416);
    expect(part.headers.get("content-range")).toBe("bytes */0");
  });

  it("returns valid headers for any name and type", async () => {
    const file = opened({
      filename: 'a"\r\nSet-Cookie: b\u202e🎬',
      contentType: "text/html\r\nX: y",
    });
    const answer = await get({}, { file });
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(answer.headers.get("content-disposition")).toMatch(
      /^attachment; filename="[\x20-\x7e]+$/,
    );
    expect(answer.headers.has("set-cookie")).toBe(false);
  });

  it("returns 409 while the upload is unfinished", async () => {
    const { door } = chunksDoor({ open: () => Promise.reject(new UploadError("NOT_COMPLETE")) });
    const answer = await door(doorRequest(path));
    expect(answer.status).toBe(409);
    expect(await jsonOf(answer)).toMatchObject({ code: "NOT_COMPLETE" });
    const head = await door(doorRequest(path, { method: "HEAD" }));
    expect(head).toMatchObject({ status: 409, body: null });
  });

  it("returns 503, not an incomplete 200, if the bytes cannot be read", async () => {
    const read = () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new UploadError("UNAVAILABLE")),
      }),
    });
    const answer = await get({}, { file: { ...opened(), read } });
    expect(answer.status).toBe(503);
    expect(answer.headers.has("etag")).toBe(false);
  });

  it("stops reading if the client disconnects", async () => {
    let left = false;
    async function* read() {
      try {
        for (;;) yield new Uint8Array(1);
      } finally {
        left = true;
      }
    }
    const { body } = await get({}, { file: { ...opened(), read } });
    if (body === null || typeof body === "string" || body instanceof Uint8Array) {
      throw new Error("The body is no stream.");
    }
    for await (const piece of body) {
      expect(piece).toHaveLength(1);
      break;
    }
    expect(left).toBe(true);
  });
});

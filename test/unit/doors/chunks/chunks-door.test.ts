import { describe, expect, it } from "vitest";
import { UploadError, uploadErrorCodes } from "../../../../src/core/errors.ts";
import type { Principal } from "../../../../src/core/principal.ts";
import type { AppendRequest } from "../../../../src/core/requests.ts";
import { errorTable } from "../../../../src/wire/error-table.ts";
import { bodyOf, doorRequest, jsonOf, unreadable } from "../../../support/door-request.ts";
import { uploadRecord } from "../../../support/upload-record.ts";
import { chunksDoor, owner } from "./chunks-door-support.ts";

const { id } = uploadRecord();
const path = `/api/uploads/${id}`;
const half = uploadRecord({ ownerId: "user-1", size: 10, offset: 4, chunkSize: 4 });

/** A door whose `append` records its requests. */
function appendingDoor() {
  const asked: { principal: Principal; request: AppendRequest }[] = [];
  const { door } = chunksDoor({
    append: async (principal, request) => {
      asked.push({ principal, request });
      return half;
    },
  });
  return { door, asked };
}

describe("PUT of a chunk", () => {
  it("passes on the unread body with its position, length and digests", async () => {
    const { door, asked } = appendingDoor();
    const body = bodyOf("data");
    const { signal } = new AbortController();
    const headers = {
      "content-range": "bytes 0-3/10",
      "content-length": "4",
      "content-digest": "crc32c=:AQIDBA==:, other=1",
      "content-type": "text/x-any",
    };
    const answer = await door(doorRequest(path, { method: "PUT", headers, body, signal }));
    expect(answer.status).toBe(200);
    expect(asked).toEqual([
      {
        principal: owner,
        request: {
          id,
          position: { start: 0, end: 4, total: 10 },
          contentLength: 4,
          body,
          digests: [{ algorithm: "crc32c", hex: "01020304" }],
          signal,
          opening: null,
        },
      },
    ]);
    expect(asked[0]?.request.body).toBe(body);
  });

  it("returns the upload and its offset", async () => {
    const answer = await appendingDoor().door(doorRequest(path, { method: "PUT" }));
    expect(answer.headers.get("upload-offset")).toBe("4");
    expect(answer.headers.get("upload-length")).toBe("10");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await jsonOf(answer)).toEqual({
      id,
      url: `https://public.example${path}`,
      file: null,
      filename: "film.mp4",
      offset: 4,
      created_at: "2026-03-04T05:06:07.000Z",
      status: 1,
      completed_at: null,
      user: "user-1",
      expires: "2026-03-05T05:06:07.000Z",
      data: null,
      size: 10,
      received: [[0, 4]],
      chunk_size: 4,
    });
  });

  it.each([{}, { "content-range": "bytes */10" }, { "content-range": "bytes 0-3" }])(
    "leaves an invalid position to the core: %j",
    async (headers) => {
      const { door, asked } = appendingDoor();
      await door(doorRequest(path, { method: "PUT", headers }));
      expect(asked[0]?.request).toMatchObject({ position: null, contentLength: null, body: null });
    },
  );

  it.each([
    { "content-type": "multipart/form-data; boundary=x" },
    { "content-type": "Multipart/Form-Data" },
    { "content-encoding": "gzip" },
    { "content-encoding": "identity, br" },
  ])("refuses %j with 415, unread", async (headers) => {
    const { door, asked } = appendingDoor();
    const answer = await door(doorRequest(path, { method: "PUT", headers, body: unreadable }));
    expect(answer.status).toBe(415);
    expect(await jsonOf(answer)).toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
    expect(asked).toEqual([]);
  });

  it("accepts the identity encoding", async () => {
    const headers = { "content-encoding": "Identity" };
    const answer = await appendingDoor().door(doorRequest(path, { method: "PUT", headers }));
    expect(answer.status).toBe(200);
  });

  it("refuses a malformed digest with 400, unread", async () => {
    const headers = { "content-digest": "sha-256=:AAAA:" };
    const request = doorRequest(path, { method: "PUT", headers, body: unreadable });
    const answer = await appendingDoor().door(request);
    expect(answer.status).toBe(400);
    expect(await jsonOf(answer)).toMatchObject({ code: "INVALID_INPUT" });
  });

  it.each(uploadErrorCodes)(
    "returns %s with the status of the table and its details",
    async (code) => {
      const error = new UploadError(code, { details: { some: "fact" }, retryAfterMs: 1_500 });
      const { door } = chunksDoor({ append: () => Promise.reject(error) });
      const answer = await door(doorRequest(path, { method: "PUT", body: unreadable }));
      expect(answer.status).toBe(errorTable[code].status);
      expect(answer.headers.get("retry-after")).toBe("2");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await jsonOf(answer)).toMatchObject({ code, some: "fact", detail: error.message });
    },
  );
});

describe("the state of an upload", () => {
  it("is returned by GET and HEAD", async () => {
    const { door } = chunksDoor({ status: async () => half, result: () => ({ n: 1n }) });
    const got = await door(doorRequest(`${path}/`));
    expect(got.status).toBe(200);
    expect(await jsonOf(got)).toMatchObject({ offset: 4, size: 10, data: { n: "1" } });
    const head = await door(doorRequest(path, { method: "HEAD" }));
    expect(head).toMatchObject({ status: 200, body: null });
    expect(head.headers.get("upload-offset")).toBe("4");
    expect(head.headers.get("upload-length")).toBe("10");
    expect(head.headers.get("cache-control")).toBe("no-store");
  });

  it("has no length while it is deferred", async () => {
    const { door } = chunksDoor({ status: async () => uploadRecord({ size: null }) });
    const head = await door(doorRequest(path, { method: "HEAD" }));
    expect(head.headers.get("upload-offset")).toBe("0");
    expect(head.headers.has("upload-length")).toBe(false);
  });

  it("has URLs with the forwarded origin of the client", async () => {
    const done = uploadRecord({ state: "complete", size: 0, completedAt: new Date(0) });
    const { door } = chunksDoor({ status: async () => done });
    const answer = await door(doorRequest(path, { origin: "https://cdn.example" }));
    expect(await jsonOf(answer)).toMatchObject({
      url: `https://cdn.example${path}`,
      file: `https://cdn.example${path}/file`,
      status: 2,
    });
  });
});

describe("the raw door", () => {
  it("removes an upload with DELETE", async () => {
    const removed: string[] = [];
    const { door } = chunksDoor({
      remove: async (_, which) => {
        removed.push(which);
      },
    });
    const answer = await door(doorRequest(path, { method: "DELETE" }));
    expect(answer).toMatchObject({ status: 204, body: null });
    expect(removed).toEqual([id]);
  });

  it("refuses a request without a credential for every method, without reading the body", async () => {
    const { door } = chunksDoor({}, null);
    for (const method of ["PUT", "GET", "HEAD", "DELETE", "POST", "PATCH"]) {
      for (const where of [path, `${path}/file`]) {
        const answer = await door(doorRequest(where, { method, body: unreadable }));
        expect(answer.status).toBe(401);
      }
    }
  });

  it("refuses a change by cookie from another site, but not a read", async () => {
    const { door } = chunksDoor({ status: async () => half }, { principal: owner, byCookie: true });
    const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    for (const method of ["PUT", "DELETE"]) {
      const answer = await door(doorRequest(path, { method, headers, body: unreadable }));
      expect(answer.status).toBe(403);
    }
    expect((await door(doorRequest(path, { headers }))).status).toBe(200);
  });

  it.each([
    [path, "GET, HEAD, PUT, DELETE, OPTIONS"],
    [`${path}/file`, "GET, HEAD, OPTIONS"],
  ])("returns the methods of %s", async (where, allow) => {
    const { door } = chunksDoor({});
    const answer = await door(doorRequest(where, { method: "POST" }));
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe(allow);
    const options = await door(doorRequest(where, { method: "OPTIONS" }));
    expect(options.status).toBe(204);
    expect(options.headers.get("access-control-allow-methods")).toBe(allow);
  });

  it("ignores a method override", async () => {
    const { door } = chunksDoor({ status: async () => half });
    const headers = { "x-http-method-override": "DELETE" };
    expect((await door(doorRequest(path, { headers }))).status).toBe(200);
  });

  it.each([
    ["/api/uploads/%E0%A4%A", 400],
    ["/api/uploads/%zz/file", 400],
    ["/api/uploads", 404],
    [`${path}/files`, 404],
    [`${path}/file/x`, 404],
  ])("responds to %s with %i", async (where, status) => {
    expect((await chunksDoor({}).door(doorRequest(where))).status).toBe(status);
  });
});

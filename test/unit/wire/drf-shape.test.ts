import { describe, expect, it } from "vitest";
import { toDrfUpload, toRawUpload } from "../../../src/wire/drf-shape.ts";
import { uploadRecord } from "../../support/upload-record.ts";

const baseUrl = "https://files.example";
const { id } = uploadRecord();

describe("the drf format", () => {
  it("renders an unfinished upload", () => {
    const upload = uploadRecord({ ownerId: "user-1", offset: 4 });
    expect(toDrfUpload(upload, { baseUrl, path: "/api/chunked_upload/x/", data: null })).toEqual({
      id,
      url: "https://files.example/api/chunked_upload/x/",
      file: null,
      filename: "film.mp4",
      offset: 4,
      created_at: "2026-03-04T05:06:07.000Z",
      status: 1,
      completed_at: null,
      user: "user-1",
      expires: "2026-03-05T05:06:07.000Z",
      data: null,
    });
  });

  it("renders a finished upload at the raw door, with ranges as pairs", () => {
    const upload = uploadRecord({
      state: "complete",
      size: 10,
      offset: 10,
      completedAt: new Date("2026-03-04T06:00:00.000Z"),
    });
    expect(toRawUpload(upload, { baseUrl, data: { n: 1 } })).toMatchObject({
      url: `https://files.example/api/uploads/${id}`,
      file: `https://files.example/api/uploads/${id}/file`,
      status: 2,
      completed_at: "2026-03-04T06:00:00.000Z",
      user: null,
      data: { n: 1 },
      size: 10,
      received: [[0, 10]],
      chunk_size: 65_536,
    });
  });

  it("renders ranges beyond the offset, and a deferred size as null", () => {
    const upload = uploadRecord({ size: null, offset: 2, beyond: [{ start: 4, end: 8 }] });
    expect(toRawUpload(upload, { baseUrl, data: null })).toMatchObject({
      size: null,
      received: [
        [0, 2],
        [4, 8],
      ],
    });
  });

  it("converts any result of onComplete to plain JSON", () => {
    const circle: Record<string, unknown> = {
      big: 10n ** 20n,
      when: new Date(0),
      set: new Set([1]),
    };
    circle.self = circle;
    const { data } = toDrfUpload(uploadRecord(), { baseUrl, path: "/", data: circle });
    expect(JSON.parse(JSON.stringify(data))).toMatchObject({
      big: "100000000000000000000",
      when: "1970-01-01T00:00:00.000Z",
      set: [1],
    });
    expect(toDrfUpload(uploadRecord(), { baseUrl, path: "/", data: undefined }).data).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { planAppend } from "../../../src/core/append/plan-append.ts";
import { isUploadError } from "../../../src/core/errors.ts";
import type { AppendRequest } from "../../../src/core/requests.ts";
import type { Upload } from "../../../src/core/upload.ts";
import { uploadRecord } from "../../support/upload-record.ts";

const NOW = new Date("2026-03-04T06:00:00.000Z");
const CHUNK = 65_536;

type Asked = Pick<AppendRequest, "position" | "contentLength" | "digests" | "sequential">;

function ask(
  start: number,
  end: number | null,
  more: Partial<Asked> & { total?: number | null } = {},
): Asked {
  const { total = 1_000_000, ...rest } = more;
  return {
    position: { start, end, total },
    contentLength: end === null ? null : end - start,
    ...rest,
  };
}

function refusal(
  upload: Upload,
  asked: Asked,
): { code: string; details: unknown; message: string } {
  try {
    planAppend(upload, asked, NOW);
  } catch (error) {
    if (isUploadError(error))
      return { code: error.code, details: error.details, message: error.message };
    throw error;
  }
  throw new Error("The body was taken.");
}

describe("judging a body by its headers", () => {
  it("takes any length at the offset", () => {
    const plan = planAppend(uploadRecord({ offset: 10 }), ask(10, 777), NOW);
    expect(plan).toMatchObject({
      missing: [{ start: 10, end: 777 }],
      staged: true,
      size: 1_000_000,
    });
  });

  it("takes an aligned chunk out of order, whole or not at all", () => {
    const plan = planAppend(uploadRecord(), ask(CHUNK, 2 * CHUNK), NOW);
    expect(plan).toMatchObject({ missing: [{ start: CHUNK, end: 2 * CHUNK }], staged: false });
  });

  it("takes the shorter last chunk out of order", () => {
    const last = 15 * CHUNK;
    expect(planAppend(uploadRecord(), ask(last, 1_000_000), NOW).missing).toHaveLength(1);
  });

  it("asks only for what is missing of a chunk that is partly held", () => {
    const upload = uploadRecord({ offset: 100 });
    const plan = planAppend(upload, ask(0, CHUNK), NOW);
    expect(plan).toMatchObject({ missing: [{ start: 100, end: CHUNK }], staged: true });
  });

  it("has nothing to write for bytes that are held", () => {
    const upload = uploadRecord({ offset: 500, beyond: [{ start: CHUNK, end: 2 * CHUNK }] });
    expect(planAppend(upload, ask(3, 400), NOW).missing).toEqual([]);
    expect(planAppend(upload, ask(CHUNK + 1, CHUNK + 9), NOW).missing).toEqual([]);
  });

  it("never stages a body whose digest must be right first", () => {
    const digests = [{ algorithm: "md5", hex: "00" }];
    expect(planAppend(uploadRecord(), ask(0, 10, { digests }), NOW).staged).toBe(false);
  });

  it("names the right offset to a body that starts elsewhere", () => {
    const upload = uploadRecord({ offset: 10 });
    const details = { expected_offset: 10, provided_offset: 12 };
    expect(refusal(upload, ask(12, 20))).toMatchObject({ code: "OFFSET_MISMATCH", details });
    expect(refusal(upload, ask(CHUNK, CHUNK + 5))).toMatchObject({ code: "OFFSET_MISMATCH" });
  });

  it("takes only the offset from a sequential protocol", () => {
    const upload = uploadRecord({ offset: 10 });
    expect(refusal(upload, ask(0, CHUNK, { sequential: true }))).toMatchObject({
      code: "OFFSET_MISMATCH",
    });
  });

  it("is busy when too many separate ranges are held", () => {
    const beyond = Array.from({ length: 1_024 }, (_, index) => {
      return { start: (2 * index + 2) * CHUNK, end: (2 * index + 3) * CHUNK };
    });
    const upload = uploadRecord({ size: 1e9, beyond });
    const far = 5_000 * CHUNK;
    expect(refusal(upload, ask(far, far + CHUNK, { total: 1e9 }))).toMatchObject({ code: "BUSY" });
  });

  it("knows the total once a sender of a deferred length states it", () => {
    const upload = uploadRecord({ size: null, offset: 10 });
    expect(planAppend(upload, ask(10, 20, { total: 20 }), NOW).size).toBe(20);
    expect(planAppend(upload, ask(10, 20, { total: null }), NOW).size).toBeNull();
    expect(refusal(upload, ask(0, 5, { total: 5 }))).toMatchObject({ code: "TOTAL_MISMATCH" });
  });

  it("lets a protocol without ranges end its body anywhere", () => {
    const asked = { position: { start: 0, end: null, total: undefined }, contentLength: null };
    expect(planAppend(uploadRecord(), asked, NOW)).toMatchObject({
      range: { start: 0, end: 1_000_000 },
      exact: false,
    });
  });
});

describe("the order of the checks", () => {
  // Each row breaks one rule more than the next: the first broken rule must answer.
  const open = uploadRecord({ maxBytes: 2_000_000, offset: 10 });
  const rows: [string, Upload, Asked][] = [
    ["EXPIRED", uploadRecord({ expiresAt: NOW }), { position: null, contentLength: 3 }],
    ["ALREADY_COMPLETE", uploadRecord({ state: "complete" }), { position: null, contentLength: 3 }],
    ["BAD_CONTENT_RANGE", open, { position: null, contentLength: 3 }],
    ["BAD_CONTENT_RANGE", open, ask(0, 4, { total: null })],
    ["CHUNK_EXCEEDS_TOTAL", open, ask(5, 3_000_001, { total: 3_000_000, contentLength: 1 })],
    ["TOO_LARGE", open, ask(5, 9, { total: 2_000_001, contentLength: 1 })],
    ["TOTAL_MISMATCH", open, ask(5, 9, { total: 999_999, contentLength: 1 })],
    ["SIZE_MISMATCH", open, ask(5, 9, { contentLength: 1 })],
    ["SIZE_MISMATCH", open, ask(9, 5, { contentLength: null })],
    ["SIZE_MISMATCH", open, ask(10, 10, { contentLength: 0 })],
    ["OFFSET_MISMATCH", open, ask(11, 15)],
  ];

  it.each(rows)("answers %s", (code, upload, asked) => {
    expect(refusal(upload, asked).code).toBe(code);
  });

  it("speaks the original's sentences", () => {
    expect(refusal(open, ask(5, 3_000_001, { total: 3_000_000 })).message).toBe(
      "End of chunk exceeds reported total (3000000 bytes)",
    );
    expect(refusal(open, ask(5, 9, { total: 2_000_001 })).message).toBe(
      "Size of file exceeds the limit (2000000 bytes)",
    );
    expect(refusal(open, ask(5, 9, { contentLength: 1 })).message).toBe(
      "File size doesn't match headers: file size is 1 but 4 reported",
    );
  });
});

import { describe, expect, it } from "vitest";
import { uploadErrorCodes } from "../../../src/core/errors.ts";
import { errorTable, retryAfterSeconds } from "../../../src/wire/error-table.ts";
import { retryAdvice } from "../../../src/wire/retry-advice.ts";

describe("the error table", () => {
  it("has a row for every code, and never status 500", () => {
    expect(Object.keys(errorTable).sort()).toEqual([...uploadErrorCodes].sort());
    for (const { status, drf, tus } of Object.values(errorTable)) {
      for (const one of [status, drf, tus]) {
        expect(one).toBeGreaterThanOrEqual(400);
        expect(one).not.toBe(500);
      }
    }
  });

  it("has retry advice for every code", () => {
    expect(Object.keys(retryAdvice).sort()).toEqual([...uploadErrorCodes].sort());
    expect(uploadErrorCodes.filter((code) => retryAdvice[code] === "yes").sort()).toEqual([
      "BUSY",
      "CHUNK_CHECKSUM_MISMATCH",
      "RATE_LIMITED",
      "UNAVAILABLE",
    ]);
  });

  it("returns Retry-After in whole seconds, at least 1, and only for retryable codes", () => {
    expect(retryAfterSeconds({ code: "BUSY", retryAfterMs: 0 })).toBe(1);
    expect(retryAfterSeconds({ code: "BUSY", retryAfterMs: 2_001 })).toBe(3);
    expect(retryAfterSeconds({ code: "NOT_FOUND", retryAfterMs: null })).toBeNull();
    for (const code of ["BUSY", "RATE_LIMITED", "UNAVAILABLE"] as const) {
      expect(retryAfterSeconds({ code, retryAfterMs: null })).toBeGreaterThanOrEqual(1);
    }
  });
});

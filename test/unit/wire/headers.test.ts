import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_SIZE } from "../../../src/core/ranges.ts";
import {
  formatContentRange,
  parseByteCount,
  parseContentRange,
} from "../../../src/wire/headers.ts";

const size = fc.integer({ min: 0, max: MAX_SIZE });

describe("Content-Range", () => {
  it("parses what it formats: END is inclusive in the header, exclusive in the range", () => {
    fc.assert(
      fc.property(size, size, fc.option(size), (a, b, total) => {
        const range = { start: Math.min(a, b), end: Math.max(a, b) };
        fc.pre(range.end > range.start);
        expect(parseContentRange(formatContentRange(range, total))).toEqual({ ...range, total });
      }),
    );
  });

  it("parses integers of any length as exact numbers that keep the result of the checks", () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 40n });
    fc.assert(
      fc.property(digits, digits, digits, (start, last, total) => {
        const read = parseContentRange(`bytes ${start}-${last}/${total}`);
        expect(read).not.toBeNull();
        if (read === null || read.end === null || typeof read.total !== "number") return;
        expect([read.start, read.end, read.total].every(Number.isInteger)).toBe(true);
        expect(read.end > read.total).toBe(last >= total);
        expect(read.total > MAX_SIZE).toBe(total > BigInt(MAX_SIZE));
        expect(read.start > MAX_SIZE).toBe(start > BigInt(MAX_SIZE));
      }),
    );
  });

  it.each([
    ["bytes 0-0/9007199254740991", { start: 0, end: 1, total: MAX_SIZE }],
    ["bytes 0-9007199254740990/*", { start: 0, end: MAX_SIZE, total: null }],
    ["bytes 0-9007199254740991/9007199254740992", { start: 0, end: 2 ** 53, total: 2 ** 53 }],
    ["bytes 5-3/10", { start: 5, end: 4, total: 10 }],
    ["BYTES 0-1/2", { start: 0, end: 2, total: 2 }],
    ["bytes 007-08/010", { start: 7, end: 9, total: 10 }],
  ])("parses %s", (header, position) => {
    expect(parseContentRange(header)).toEqual(position);
  });

  it.each([
    null,
    "",
    "bytes",
    "bytes */10",
    "bytes 0-/10",
    "bytes -5/10",
    "bytes 0-5",
    "bytes 0-5/",
    "bytes 0-5/x",
    "bytes 0-5/10, bytes 6-9/10",
    "bytes=0-5/10",
    "items 0-5/10",
    "bytes +0-5/10",
    "bytes 0x0-5/10",
    "bytes 0-5.0/10",
    "bytes ٠-٥/١٠",
    "bytes 0-5/10\n",
  ])("returns null for %j", (header) => {
    expect(parseContentRange(header)).toBeNull();
  });

  it("never throws for any string", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseContentRange(text);
        parseContentRange(`bytes ${text}`);
      }),
    );
  });
});

describe("Content-Length", () => {
  it.each([
    [null, null],
    ["", null],
    ["-1", null],
    ["1e3", null],
    ["0", 0],
    ["9007199254740991", MAX_SIZE],
    ["9".repeat(400), 2 ** 53],
  ])("parses %j as %j", (header, length) => {
    expect(parseByteCount(header)).toBe(length);
  });
});

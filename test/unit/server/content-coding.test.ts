import { describe, expect, it } from "vitest";
import { chooseCoding } from "../../../src/server/content-coding.ts";

describe("the coding of a response", () => {
  it.each([
    ["gzip, deflate, br, zstd", "br"],
    ["gzip", "gzip"],
    ["GZIP;q=0.5", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["br; q=0.0, *", "gzip"],
    ["*", "br"],
    ["*;q=0", null],
    ["identity", null],
    ["bread", null],
    ["", null],
    [null, null],
    [undefined, null],
  ])("for Accept-Encoding %j is %j", (header, coding) => {
    expect(chooseCoding(header)).toBe(coding);
  });
});

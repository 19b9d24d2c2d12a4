import { describe, expect, it } from "vitest";
import { judgeConditions, rangeCounts } from "../../../../src/doors/http/conditions.ts";

const etag = '"md5-abc"';
const file = { etag, lastModified: new Date("2026-01-02T03:05:06.789Z") };
const same = "Fri, 02 Jan 2026 03:05:06 GMT";
const older = "Fri, 02 Jan 2026 03:05:05 GMT";
const newer = "Fri, 02 Jan 2026 03:05:07 GMT";

describe("the conditions of a download", () => {
  it.each<[Record<string, string>, string]>([
    [{}, "proceed"],
    [{ "if-none-match": etag }, "not-modified"],
    [{ "if-none-match": `W/${etag}` }, "not-modified"],
    [{ "if-none-match": `"a,b", ${etag}` }, "not-modified"],
    [{ "if-none-match": "*" }, "not-modified"],
    [{ "if-none-match": '"md5-other"' }, "proceed"],
    [{ "if-none-match": "md5-abc" }, "proceed"],
    [{ "if-none-match": "" }, "proceed"],
    [{ "if-modified-since": same }, "not-modified"],
    [{ "if-modified-since": newer }, "not-modified"],
    [{ "if-modified-since": older }, "proceed"],
    [{ "if-modified-since": "yesterday" }, "proceed"],
    [{ "if-none-match": '"md5-other"', "if-modified-since": same }, "proceed"],
    [{ "if-none-match": etag, "if-modified-since": older }, "not-modified"],
    [{ "if-match": etag }, "proceed"],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-match": `W/${etag}` }, "precondition-failed"],
    [{ "if-match": '"md5-other"' }, "precondition-failed"],
    [{ "if-unmodified-since": same }, "proceed"],
    [{ "if-unmodified-since": older }, "precondition-failed"],
    [{ "if-match": etag, "if-unmodified-since": older }, "proceed"],
    [{ "if-match": etag, "if-none-match": etag }, "not-modified"],
  ])("%j: %s", (headers, verdict) => {
    expect(judgeConditions(new Headers(headers), file)).toBe(verdict);
  });
});

describe("If-Range", () => {
  it.each<[string | null, boolean]>([
    [null, true],
    [etag, true],
    [`W/${etag}`, false],
    ['"md5-other"', false],
    [same, true],
    [older, false],
    [newer, false],
    ["nonsense", false],
    ["", false],
  ])("%j: the range applies: %s", (header, counts) => {
    const headers = new Headers(header === null ? {} : { "if-range": header });
    expect(rangeCounts(headers, file)).toBe(counts);
  });
});

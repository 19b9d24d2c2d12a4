import { describe, expect, it } from "vitest";
import { readRelativePath } from "../../../src/core/begin/relative-path.ts";
import { isUploadError } from "../../../src/core/errors.ts";

describe("a relative path", () => {
  it("is normalised and ends with the filename", () => {
    const read = {
      "photos/a.txt": "photos/a.txt",
      "photos/2026/a.txt": "photos/2026/a.txt",
      "photos\\2026\\a.txt": "photos/2026/a.txt",
      "./photos//./a.txt": "photos/a.txt",
      " photos / x /a.txt": "photos/x/a.txt",
      "pho\u0000tos\u202e/a.txt": "photos/a.txt",
      "Cafe\u0301/a.txt": "Caf\u00e9/a.txt",
      "photos/other name": "photos/a.txt",
      "photos/": "photos/a.txt",
      "...hidden/a.txt": "...hidden/a.txt",
      "c:d/a.txt": "c:d/a.txt",
    };
    for (const [given, path] of Object.entries(read)) {
      expect(readRelativePath(given, "a.txt"), given).toBe(path);
    }
  });

  it("is null where it names no folder", () => {
    for (const given of [null, undefined, "", "a.txt", "./a.txt", ".", "null"]) {
      expect(readRelativePath(given, "a.txt"), String(given)).toBeNull();
    }
  });

  it("is rejected when it is absolute, leads upwards or is too long", () => {
    const long = `${"é".repeat(2_046)}/a.b`;
    expect(readRelativePath(long, "a.b")).toBe(long);
    const refused = [
      ...["/photos/a.b", "\\photos\\a.b", "C:\\photos\\a.b", "c:/a.b", "//server/a.b"],
      ...[
        "../a.b",
        "photos/../a.b",
        "photos\\..\\a.b",
        ".\u200e./a.b",
        "photos/ .. /a.b",
        "photos/..",
        "..",
      ],
      `x${long}`,
    ];
    for (const given of refused) {
      const refusal = codeOf(() => readRelativePath(given, "a.b"));
      expect(refusal, given.slice(0, 40)).toBe("REJECTED path");
    }
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
    return "taken";
  } catch (error) {
    return isUploadError(error) ? `${error.code} ${error.details.field}` : String(error);
  }
}

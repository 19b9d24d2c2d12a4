import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseRange } from "../../../../src/doors/http/choose-range.ts";

describe("the range of a download", () => {
  it.each<[string | null, unknown]>([
    [null, "whole"],
    ["bytes=0-0", { start: 0, end: 1 }],
    ["bytes=2-4", { start: 2, end: 5 }],
    ["BYTES=2-4", { start: 2, end: 5 }],
    ["bytes=5-", { start: 5, end: 10 }],
    ["bytes=5-99", { start: 5, end: 10 }],
    [`bytes=5-${"9".repeat(30)}`, { start: 5, end: 10 }],
    ["bytes=-3", { start: 7, end: 10 }],
    ["bytes=-10", { start: 0, end: 10 }],
    ["bytes=-11", { start: 0, end: 10 }],
    [`bytes=-${"9".repeat(400)}`, { start: 0, end: 10 }],
    ["bytes=-0", "none"],
    ["bytes=10-", "none"],
    ["bytes=10-20", "none"],
    [`bytes=${"9".repeat(30)}-`, "none"],
    ["bytes=0-1,4-5", "whole"],
    ["bytes=0-1,99-100", "whole"],
    ["items=0-1", "whole"],
    ["items=50-60", "whole"],
    ["bytes", "whole"],
    ["bytes=", "whole"],
    ["bytes=-", "whole"],
    ["bytes=a-b", "whole"],
    ["bytes=1-b", "whole"],
    ["bytes=--5", "whole"],
    ["", "whole"],
  ])("%j of ten bytes", (header, range) => {
    expect(chooseRange(header, 10)).toEqual(range);
  });

  it.each(["bytes=0-", "bytes=-1", "bytes=0-0"])(
    "%j of an empty file is unsatisfiable",
    (header) => {
      expect(chooseRange(header, 0)).toBe("none");
    },
  );

  it("is within the file for any header", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, size) => {
        for (const header of [text, `bytes=${text}`, `bytes=${text.length}-${size}`]) {
          const range = chooseRange(header, size);
          if (typeof range === "string") continue;
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThan(range.start);
          expect(range.end).toBeLessThanOrEqual(size);
        }
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addRange,
  type ByteRange,
  highestHeld,
  missingRanges,
  overlaps,
  prefixLength,
  totalLength,
} from "../../../src/core/ranges.ts";

const SPACE = 40;
const range = fc
  .tuple(fc.nat(SPACE), fc.nat(SPACE))
  .map(([a, b]): ByteRange => ({ start: Math.min(a, b), end: Math.max(a, b) }));

/** The same set of bytes, byte by byte: the slow truth that the ranges must agree with. */
function bytesOf(ranges: readonly ByteRange[]): Set<number> {
  const bytes = new Set<number>();
  for (const { start, end } of ranges) for (let at = start; at < end; at += 1) bytes.add(at);
  return bytes;
}

function held(added: readonly ByteRange[]): ByteRange[] {
  return added.reduce<ByteRange[]>((ranges, next) => addRange(ranges, next), []);
}

describe("ranges of bytes", () => {
  it("hold exactly the bytes that were added, in any order", () => {
    fc.assert(
      fc.property(fc.array(range), (added) => {
        expect(bytesOf(held(added))).toEqual(bytesOf(added));
      }),
    );
  });

  it("stay ascending, disjoint and merged", () => {
    fc.assert(
      fc.property(fc.array(range), (added) => {
        const ranges = held(added);
        for (const { start, end } of ranges) expect(start).toBeLessThan(end);
        ranges.slice(1).forEach((next, index) => {
          expect(next.start).toBeGreaterThan(ranges[index]?.end ?? Number.NaN);
        });
      }),
    );
  });

  it("miss exactly the wanted bytes that are not held", () => {
    fc.assert(
      fc.property(fc.array(range), range, (added, wanted) => {
        const missing = missingRanges(held(added), wanted);
        const expected = [...bytesOf([wanted])].filter((at) => !bytesOf(added).has(at));
        expect([...bytesOf(missing)]).toEqual(expected);
      }),
    );
  });

  it("count their bytes, their prefix and their highest byte", () => {
    fc.assert(
      fc.property(fc.array(range), (added) => {
        const bytes = bytesOf(added);
        let prefix = 0;
        while (bytes.has(prefix)) prefix += 1;
        expect(totalLength(held(added))).toBe(bytes.size);
        expect(prefixLength(held(added))).toBe(prefix);
        expect(highestHeld(held(added))).toBe(Math.max(0, ...[...bytes].map((at) => at + 1)));
      }),
    );
  });

  it("overlap when a byte lies in both", () => {
    fc.assert(
      fc.property(range, range, (a, b) => {
        const shared = [...bytesOf([a])].some((at) => bytesOf([b]).has(at));
        // An empty range holds no byte and yet may lie inside another: it takes nothing from it.
        if (a.start < a.end && b.start < b.end) expect(overlaps(a, b)).toBe(shared);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  amazonLimits,
  mostBytes,
  partAt,
  partNumbered,
  partOf,
  planParts,
} from "../../../../src/adapters/s3/part-plan.ts";

const MIB = 2 ** 20;
const TIB = 2 ** 40;
const plan = (size: number | null, equalParts = false) =>
  planParts(size, { limits: amazonLimits, equalParts });

describe("planParts", () => {
  it("uses parts of 8 MiB as long as 10,000 of them suffice", () => {
    expect(plan(1)).toEqual({ bytes: 8 * MIB, growsEvery: null });
    expect(plan(80_000 * MIB).bytes).toBe(8 * MIB);
    expect(plan(80_000 * MIB + 1).bytes).toBe(9 * MIB);
    expect(plan(5 * TIB).bytes).toBe(525 * MIB);
  });

  it("rejects a size that does not fit into one object", () => {
    expect(() => plan(5 * TIB + 1)).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
  });

  it("fits 5 TiB of an unknown length, and 80,000 MiB where all parts have one size", () => {
    expect(mostBytes(plan(null), amazonLimits)).toBe(5 * TIB);
    expect(mostBytes(plan(null, true), amazonLimits)).toBe(80_000 * MIB);
  });

  it("never exceeds 10,000 parts of at most 5 GiB", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * TIB }), fc.boolean(), (size, isKnown) => {
        const last = partOf(plan(isKnown ? size : null), size - 1, size);
        expect(last.number).toBeLessThanOrEqual(amazonLimits.maxParts);
        expect(last.end - last.start).toBeLessThanOrEqual(amazonLimits.maxPartBytes);
        expect(last.end).toBe(size);
      }),
    );
  });
});

describe("partAt", () => {
  it("covers every position by exactly one part", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * TIB - 1 }), fc.boolean(), (position, grows) => {
        const growing = { bytes: 8 * MIB, growsEvery: grows ? 1_000 : null };
        const part = partAt(growing, position);
        expect(part.start <= position && position < part.end).toBe(true);
        expect(partNumbered(growing, part.number)).toEqual(part);
        expect(partAt(growing, part.end)).toMatchObject({
          number: part.number + 1,
          start: part.end,
        });
      }),
    );
  });
});

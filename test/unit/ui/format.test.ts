import { describe, expect, it } from "vitest";
import { formatBytes, formatSpeed, formatTimeLeft, percentOf } from "../../../src/ui/format.ts";

describe("numbers for people", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_500, "1.5 kB"],
    [300_000_000, "300 MB"],
    [12_345_678, "12.3 MB"],
    [5e12, "5 TB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0.2, "about 1 s left"],
    [22, "about 25 s left"],
    [58, "about 1 min left"],
    [3_599, "about 60 min left"],
    [5_400, "about 1 h 30 min left"],
    [100_000, "about a day left"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatTimeLeft(seconds)).toBe(text);
  });

  it("tells speed, and shares that never pass the whole", () => {
    expect(formatSpeed(1_250_000.4)).toBe("1.3 MB/s");
    expect([percentOf(0, 0), percentOf(1, 4), percentOf(9, 3)]).toEqual([100, 25, 100]);
  });
});

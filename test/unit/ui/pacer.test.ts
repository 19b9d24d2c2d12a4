import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pacer } from "../../../src/ui/uploader/pacer.ts";

describe("updates of many rows", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("happen at most five times per second, however often the uploads change", () => {
    const pacer = new Pacer(200);
    const row = vi.fn();
    for (let ms = 0; ms < 990; ms += 10) {
      pacer.add(row);
      vi.advanceTimersByTime(10);
    }
    expect(row).toHaveBeenCalledTimes(5);
    vi.advanceTimersByTime(1_000);
    // The last change is also shown.
    expect(row).toHaveBeenCalledTimes(6);
  });

  it("happen together for all changed rows", () => {
    const pacer = new Pacer(200);
    const times: number[] = [];
    const rows = [1, 2, 3].map(() => () => void times.push(performance.now()));
    for (const row of rows) {
      pacer.add(row);
      vi.advanceTimersByTime(50);
      pacer.add(row);
    }
    vi.advanceTimersByTime(1_000);
    expect(new Set(times.slice(1)).size).toBe(1);
  });

  it("happen without delay, in one batch, if they are urgent", async () => {
    const pacer = new Pacer(200);
    const row = vi.fn();
    pacer.add(row);
    vi.advanceTimersByTime(1);
    pacer.add(row);
    const paused = Array.from({ length: 100 }, () => vi.fn());
    for (const listener of paused) pacer.addUrgent(listener);
    await Promise.resolve();
    for (const listener of paused) expect(listener).toHaveBeenCalledTimes(1);
    expect(row).toHaveBeenCalledTimes(2);
  });

  it("do not happen for a removed row", () => {
    const pacer = new Pacer(200);
    const row = vi.fn();
    pacer.add(row);
    pacer.remove(row);
    vi.advanceTimersByTime(1_000);
    expect(row).not.toHaveBeenCalled();
  });
});

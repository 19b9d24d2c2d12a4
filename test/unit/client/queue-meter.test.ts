import { describe, expect, it } from "vitest";
import { QueueLedger } from "../../../src/client/queue-ledger.ts";
import type { UploadSnapshot } from "../../../src/client/snapshot.ts";
import { timerClock } from "../../../src/client/timer-clock.ts";
import { UploadState } from "../../../src/client/upload-state.ts";

const KB = 1_000;
const file = { filename: "a", path: "a", size: 20 * KB };
const { snapshot: fresh } = new UploadState(file, timerClock);

/** A ledger on a manual clock with `files` waiting uploads of `size` bytes each. */
function ledgerOf(files: number, size = 20 * KB) {
  let now = 0;
  const ledger = new QueueLedger(() => now);
  const uploads = Array.from({ length: files }, (_, key) => ({ key, ...fresh, size }));
  const change = (at: number, changes: Partial<UploadSnapshot>) => {
    const upload = uploads[at];
    if (upload === undefined) throw new Error(`no upload ${at}`);
    Object.assign(upload, changes);
    ledger.count(upload, { ...upload });
  };
  for (const key of uploads.keys()) change(key, {});
  return {
    ledger,
    change,
    finish: (at: number) => change(at, { phase: "done", sent: size }),
    pass: (ms: number) => {
      now += ms;
      return ledger.totals();
    },
  };
}

describe("the rate of a queue", () => {
  it("has a speed and a time left for a thousand small files that each take too little time to measure", () => {
    const { change, finish, pass } = ledgerOf(1_000);
    let next = 0;
    change(999, { phase: "verifying" });
    let totals = pass(0);
    for (let second = 0; second < 5; second += 1) {
      for (let turn = 0; turn < 5; turn += 1) {
        for (let file = 0; file < 10; file += 1) finish(next++);
        totals = pass(200);
      }
    }
    expect(totals.done).toBe(250);
    expect(totals.filesPerSecond).toBeCloseTo(50);
    expect(totals.speed).toBeCloseTo(50 * 20 * KB);
    expect(totals.secondsLeft).toBeCloseTo(15);
  });

  it("estimates by requests when many small files have few bytes", () => {
    const { change, finish, pass } = ledgerOf(101, 1 * KB);
    change(100, { phase: "uploading", size: 5_000 * KB });
    pass(0);
    let totals = pass(0);
    for (let second = 1; second <= 5; second += 1) {
      finish(second);
      change(100, { sent: second * 900 * KB });
      totals = pass(1_000);
    }
    // 595 kB at 0.9 MB per second, but 95 small files at one per second.
    expect(totals.secondsLeft).toBeGreaterThan(80);
  });

  it("does not count bytes that the server already held", () => {
    const { change, pass } = ledgerOf(1, 1_000 * KB);
    change(0, { phase: "verifying" });
    pass(0);
    change(0, { phase: "uploading", sent: 900 * KB, resumedFrom: 900 * KB });
    expect(pass(1_000).speed).toBe(0);
    change(0, { sent: 910 * KB });
    pass(1_000);
    change(0, { sent: 920 * KB });
    expect(pass(1_000).speed).toBeLessThan(11 * KB);
  });

  it("has no speed and no time left while all files are held, and counts stalled files", () => {
    const { change, pass } = ledgerOf(2, 1_000 * KB);
    change(0, { phase: "uploading" });
    for (let second = 0; second < 4; second += 1) {
      change(0, { sent: second * 100 * KB });
      pass(1_000);
    }
    expect(pass(200).secondsLeft).not.toBeNull();
    change(0, { hold: "stalled" });
    const stalled = { speed: null, secondsLeft: null, stalled: 1, moving: true };
    expect(pass(200)).toMatchObject(stalled);
    change(0, { phase: "paused", hold: null });
    change(1, { phase: "paused" });
    expect(pass(200)).toMatchObject({ speed: null, secondsLeft: null, stalled: 0, moving: false });
  });

  it("gives no estimate from old progress, for example while a file is verified", () => {
    const { change, pass } = ledgerOf(2, 1_000 * KB);
    change(0, { phase: "uploading" });
    for (let second = 0; second <= 10; second += 1) {
      change(0, { sent: second * 100 * KB });
      pass(1_000);
    }
    change(0, { phase: "done" });
    change(1, { phase: "verifying" });
    expect(pass(1_000).secondsLeft).not.toBeNull();
    for (let second = 0; second < 5; second += 1) pass(1_000);
    expect(pass(200).secondsLeft).toBeNull();
  });

  it("keeps its count when files are removed from the list", () => {
    const { ledger, change, finish, pass } = ledgerOf(3);
    change(1, { phase: "uploading" });
    pass(0);
    finish(0);
    const before = pass(1_000);
    ledger.drop({});
    change(2, { phase: "cancelled" });
    const after = pass(200);
    expect(before.speed).toBe(20 * KB);
    expect(after).toMatchObject({ files: 2, done: 1, size: 40 * KB });
    expect(after.speed).toBeGreaterThan(0);
  });
});

import { describe, expect, it } from "vitest";
import { formatsOf } from "../../../src/ui/format.ts";
import {
  nextMilestone as nextOf,
  nothingTold,
  type Told,
} from "../../../src/ui/uploader/milestones.ts";

const nextMilestone = (told: Told, totals: Parameters<typeof nextOf>[1]) =>
  nextOf(told, totals, formatsOf("en"));

describe("what is announced", () => {
  it("is the start, the quarters and the end, and never each percent", () => {
    const said: string[] = [];
    let told = nothingTold;
    for (let sent = 0; sent <= 100; sent += 1) {
      const over = sent === 100;
      const next = nextMilestone(told, {
        files: 1,
        done: over ? 1 : 0,
        pending: over ? 0 : 1,
        size: 100,
        sent,
      });
      told = next.told;
      if (next.text !== null) said.push(next.text);
    }
    expect(said).toEqual([
      "Uploading 1 file.",
      "25 percent uploaded.",
      "50 percent uploaded.",
      "75 percent uploaded.",
      "Upload complete.",
    ]);
  });

  it("begins again when files are added, and is silent when the list is empty", () => {
    const { told } = nextMilestone(nothingTold, {
      files: 2,
      done: 2,
      pending: 0,
      size: 10,
      sent: 10,
    });
    const more = nextMilestone(told, { files: 5, done: 2, pending: 3, size: 100, sent: 10 });
    expect(more.text).toBe("Uploading 3 files.");
    expect(nextMilestone(more.told, { files: 0, done: 0, pending: 0, size: 0, sent: 0 })).toEqual({
      told: nothingTold,
      text: null,
    });
  });

  it("does not count back when a chunk is sent again", () => {
    const before = { files: 1, done: 0, quarter: 2 };
    const fewer = nextMilestone(before, { files: 1, done: 0, pending: 1, size: 100, sent: 30 });
    expect(fewer.text).toBeNull();
    expect(
      nextMilestone(fewer.told, { files: 1, done: 0, pending: 1, size: 100, sent: 55 }).text,
    ).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { formatsOf } from "../../../src/ui/format.ts";
import {
  type Announced,
  nextMilestone as nextOf,
  nothingAnnounced,
} from "../../../src/ui/uploader/milestones.ts";

const nextMilestone = (announced: Announced, totals: Parameters<typeof nextOf>[1]) =>
  nextOf(announced, totals, formatsOf("en"));

describe("the announcements of the queue", () => {
  it("are made at the start, at each quarter and at the end", () => {
    const texts: string[] = [];
    let announced = nothingAnnounced;
    for (let sent = 0; sent <= 100; sent += 1) {
      const over = sent === 100;
      const next = nextMilestone(announced, {
        files: 1,
        done: over ? 1 : 0,
        pending: over ? 0 : 1,
        size: 100,
        sent,
      });
      announced = next.announced;
      if (next.text !== null) texts.push(next.text);
    }
    expect(texts).toEqual([
      "Uploading 1 file.",
      "25 percent uploaded.",
      "50 percent uploaded.",
      "75 percent uploaded.",
      "Upload complete.",
    ]);
  });

  it("start again when files are added, and stop when the list is empty", () => {
    const { announced } = nextMilestone(nothingAnnounced, {
      files: 2,
      done: 2,
      pending: 0,
      size: 10,
      sent: 10,
    });
    const more = nextMilestone(announced, { files: 5, done: 2, pending: 3, size: 100, sent: 10 });
    expect(more.text).toBe("Uploading 3 files.");
    expect(
      nextMilestone(more.announced, { files: 0, done: 0, pending: 0, size: 0, sent: 0 }),
    ).toEqual({
      announced: nothingAnnounced,
      text: null,
    });
  });

  it("are not repeated when a chunk is sent again", () => {
    const before = { files: 1, done: 0, quarter: 2 };
    const fewer = nextMilestone(before, { files: 1, done: 0, pending: 1, size: 100, sent: 30 });
    expect(fewer.text).toBeNull();
    expect(
      nextMilestone(fewer.announced, { files: 1, done: 0, pending: 1, size: 100, sent: 55 }).text,
    ).toBeNull();
  });
});

import type { QueueTotals } from "../../client/upload-queue.ts";
import { uploaderMessages } from "../messages/uploader.ts";

/** What has been said already of the files that are under way. */
export interface Told {
  readonly files: number;
  readonly done: number;
  readonly quarter: number;
}

export const nothingTold: Told = { files: 0, done: 0, quarter: 0 };

/**
 * What is worth saying aloud now: the start, each quarter, the end. Never each percent. `told` is
 * what to hand in the next time.
 */
export function nextMilestone(
  told: Told,
  totals: Pick<QueueTotals, "files" | "done" | "pending" | "size" | "sent">,
): { told: Told; text: string | null } {
  const { files, done, pending, size, sent } = totals;
  const { announce } = uploaderMessages;
  if (files === 0) return { told: nothingTold, text: null };
  const quarter = size === 0 ? 0 : Math.floor((sent / size) * 4);
  if (files > told.files && pending > 0) {
    return { told: { files, done, quarter }, text: announce.started(files - done) };
  }
  if (done === files) {
    const isNews = told.done < done;
    return { told: { files, done, quarter: 4 }, text: isNews ? announce.done(files) : null };
  }
  const passed = quarter > told.quarter && quarter < 4;
  return {
    told: { files, done, quarter: Math.max(quarter, told.quarter) },
    text: passed ? announce.quarter(quarter * 25) : null,
  };
}

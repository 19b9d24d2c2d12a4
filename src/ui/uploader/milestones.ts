import type { QueueTotals } from "../../client/upload-queue.ts";
import type { Formats } from "../format.ts";
import { uploaderMessages } from "../messages/uploader.ts";

/** What was announced of the files that are under way. */
export interface Told {
  readonly files: number;
  readonly done: number;
  readonly quarter: number;
}

export const nothingTold: Told = { files: 0, done: 0, quarter: 0 };

/**
 * The text to announce now, or null: the start, each quarter, the end; never each percent. Pass the
 * returned `told` to the next call.
 */
export function nextMilestone(
  told: Told,
  totals: Pick<QueueTotals, "files" | "done" | "pending" | "size" | "sent">,
  formats: Formats,
): { told: Told; text: string | null } {
  const { files, done, pending, size, sent } = totals;
  const { announce } = uploaderMessages;
  if (files === 0) return { told: nothingTold, text: null };
  const quarter = size === 0 ? 0 : Math.floor((sent / size) * 4);
  if (files > told.files && pending > 0) {
    return { told: { files, done, quarter }, text: announce.started(files - done, formats) };
  }
  if (done === files) {
    const isNews = told.done < done;
    return {
      told: { files, done, quarter: 4 },
      text: isNews ? announce.done(files, formats) : null,
    };
  }
  const passed = quarter > told.quarter && quarter < 4;
  return {
    told: { files, done, quarter: Math.max(quarter, told.quarter) },
    text: passed ? announce.quarter(quarter * 25) : null,
  };
}

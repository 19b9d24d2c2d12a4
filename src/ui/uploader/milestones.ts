import type { QueueTotals } from "../../client/upload-queue.ts";
import type { Formats } from "../format.ts";
import { uploaderMessages } from "../messages/uploader.ts";

/** The last announced state of the queue. */
export interface Announced {
  readonly files: number;
  readonly done: number;
  readonly quarter: number;
}

export const nothingAnnounced: Announced = { files: 0, done: 0, quarter: 0 };

/**
 * The text to announce now, or null. Announces the start, each quarter and the end. Pass the returned
 * `announced` to the next call.
 */
export function nextMilestone(
  announced: Announced,
  totals: Pick<QueueTotals, "files" | "done" | "pending" | "size" | "sent">,
  formats: Formats,
): { announced: Announced; text: string | null } {
  const { files, done, pending, size, sent } = totals;
  const { announce } = uploaderMessages;
  if (files === 0) return { announced: nothingAnnounced, text: null };
  const quarter = size === 0 ? 0 : Math.floor((sent / size) * 4);
  if (files > announced.files && pending > 0) {
    return { announced: { files, done, quarter }, text: announce.started(files - done, formats) };
  }
  if (done === files) {
    const isNews = announced.done < done;
    return {
      announced: { files, done, quarter: 4 },
      text: isNews ? announce.done(files, formats) : null,
    };
  }
  const passed = quarter > announced.quarter && quarter < 4;
  return {
    announced: { files, done, quarter: Math.max(quarter, announced.quarter) },
    text: passed ? announce.quarter(quarter * 25) : null,
  };
}

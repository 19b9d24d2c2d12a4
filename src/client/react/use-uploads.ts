import { useState, useSyncExternalStore } from "react";
import type { QueueItem, QueueTotals, UploadQueue } from "../upload-queue.ts";

/** A queue, or a client that makes one. */
export type QueueSource<Source, Options> =
  | UploadQueue<Source, Options>
  | { createQueue(): UploadQueue<Source, Options> };

/** The queue's files, their sum, and orders to all of them. */
export interface Uploads<Source, Options> {
  readonly items: readonly QueueItem[];
  readonly totals: QueueTotals;
  readonly queue: UploadQueue<Source, Options>;
}

/**
 * Many uploads together. Given a client it makes a queue that lasts as long as the component; given
 * a queue (to share it among components) it shows that one. Renders again when a file comes or
 * goes, and some five times a second while bytes move.
 */
export function useUploads<Source, Options>(
  source: QueueSource<Source, Options>,
): Uploads<Source, Options> {
  const [own] = useState(() => ("createQueue" in source ? source.createQueue() : null));
  const queue = "createQueue" in source ? (own ?? source.createQueue()) : source;
  const { items, totals } = useSyncExternalStore(
    (listener) => queue.subscribe(listener),
    () => queue.snapshot,
    () => queue.snapshot,
  );
  return { items, totals, queue };
}

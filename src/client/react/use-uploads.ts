import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { QueueDoneListener, QueueItem, QueueTotals, UploadQueue } from "../upload-queue.ts";

/** A queue, or a client that creates one. */
export type QueueSource<Source, Options, View> =
  | UploadQueue<Source, Options, View>
  | { createQueue(): UploadQueue<Source, Options, View> };

export interface UseUploadsOptions<View> {
  /** Called with every upload of the queue that completes while the component is mounted. */
  readonly onDone?: QueueDoneListener<View> | undefined;
}

/** The queue, its files and their totals. */
export interface Uploads<Source, Options, View> {
  readonly items: readonly QueueItem<View>[];
  readonly totals: QueueTotals;
  readonly queue: UploadQueue<Source, Options, View>;
}

/**
 * Returns a queue with its files and totals. With a client, it creates a queue for the lifetime of the
 * component. With a queue, it uses that one, so that components can share it. Renders again when a file
 * is added or removed, and about five times per second during a transfer.
 */
export function useUploads<Source, Options, View>(
  source: QueueSource<Source, Options, View>,
  { onDone }: UseUploadsOptions<View> = {},
): Uploads<Source, Options, View> {
  const [own] = useState(() => ("createQueue" in source ? source.createQueue() : null));
  const queue = "createQueue" in source ? (own ?? source.createQueue()) : source;
  const { items, totals } = useSyncExternalStore(
    (listener) => queue.subscribe(listener),
    () => queue.snapshot,
    () => queue.snapshot,
  );
  const newest = useRef(onDone);
  useEffect(() => {
    newest.current = onDone;
  });
  useEffect(() => queue.onDone((view, item) => newest.current?.(view, item)), [queue]);
  return { items, totals, queue };
}

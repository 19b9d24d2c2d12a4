"use client";

import { useEffect, useMemo, useState } from "react";
import type { QueueItem } from "../../client/upload-queue.ts";

/** How often finished files leave a long list, in milliseconds. */
const COLLAPSE_MS = 1_000;

const none: ReadonlySet<number> = new Set();

export interface OpenItems {
  /** The listed items, in the order of the queue. */
  readonly open: readonly QueueItem[];
  /** Number of finished files that are not listed. */
  readonly collapsed: number;
}

/**
 * Removes finished files from a long list, in batches. While `isHeld` returns true (the pointer or
 * the focus is in the list), no row is removed.
 */
export function useOpenItems(items: readonly QueueItem[], isHeld: () => boolean): OpenItems {
  const [gone, setGone] = useState(none);
  useEffect(() => {
    const collapse = () => {
      if (!isHeld()) setGone((before) => withFinished(items, before));
    };
    collapse();
    const timer = setInterval(collapse, COLLAPSE_MS);
    return () => clearInterval(timer);
  }, [items, isHeld]);
  return useMemo(() => {
    const open = items.filter(({ key }) => !gone.has(key));
    return { open, collapsed: items.length - open.length };
  }, [items, gone]);
}

/** The keys of the finished `items`; the same object as `before` if they are equal. */
function withFinished(
  items: readonly QueueItem[],
  before: ReadonlySet<number>,
): ReadonlySet<number> {
  const finished = items.filter(({ upload }) => upload.snapshot().phase === "done");
  const isNew = finished.length !== before.size || finished.some(({ key }) => !before.has(key));
  return isNew ? new Set(finished.map(({ key }) => key)) : before;
}

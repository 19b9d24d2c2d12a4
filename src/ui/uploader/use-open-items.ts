"use client";

import { useEffect, useMemo, useState } from "react";
import type { QueueItem } from "../../client/upload-queue.ts";

/** How often finished files leave a long list, in milliseconds. */
const COLLAPSE_MS = 1_000;

const none: ReadonlySet<number> = new Set();

export interface OpenItems {
  /** What is listed, in the order of the queue. */
  readonly open: readonly QueueItem[];
  /** How many finished files are not listed. */
  readonly collapsed: number;
}

/**
 * Leaves finished files out of a long list, in batches. While `isHeld` returns true (the pointer or
 * the focus is in the list) all rows stay where they are.
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

/** The keys of the finished `items`; `before` itself if it holds no others. */
function withFinished(
  items: readonly QueueItem[],
  before: ReadonlySet<number>,
): ReadonlySet<number> {
  const finished = items.filter(({ upload }) => upload.snapshot().phase === "done");
  const isNew = finished.length !== before.size || finished.some(({ key }) => !before.has(key));
  return isNew ? new Set(finished.map(({ key }) => key)) : before;
}

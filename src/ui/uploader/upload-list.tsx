"use client";

import { useCallback, useRef, useState } from "react";
import { useUploads } from "../../client/react/index.ts";
import { isOver } from "../../client/snapshot.ts";
import type { QueueItem } from "../../client/upload-queue.ts";
import { Button } from "../kit/button.tsx";
import { lastButtonBeside } from "../kit/use-focus-return.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import { useRemovals } from "../uploads/removals.tsx";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { TotalsBar } from "./totals-bar.tsx";
import { UploadRow } from "./upload-row.tsx";

/** Rows shown at first, and added by each "show more": thousands of files must not slow the page. */
const STEP = 50;

/** The files on their way. */
export function UploadList() {
  const queue = useQueue();
  const { items, totals } = useUploads(queue);
  const [shown, setShown] = useState(STEP);
  const list = useRef<HTMLUListElement>(null);
  const { remove: take } = useRemovals();
  const remove = useCallback(
    (key: number) => {
      focusBeside(list.current, key);
      take(key);
    },
    [take],
  );
  if (items.length === 0) return null;
  const rows = firstRows(items, shown);
  const hidden = items.length - rows.length;
  return (
    <section
      aria-label={uploaderMessages.queue}
      className="overflow-hidden rounded-xl border border-border bg-card"
    >
      {items.length > 1 && <TotalsBar queue={queue} totals={totals} />}
      <ul ref={list} className="divide-y divide-border">
        {rows.map((item) => (
          <UploadRow key={item.key} item={item} onRemove={remove} />
        ))}
      </ul>
      {hidden > 0 && (
        <p className="flex flex-wrap items-center justify-between gap-2 border-border border-t px-4 py-2 text-muted-foreground text-sm">
          {uploaderMessages.more(hidden)}
          <Button look="quiet" onClick={() => setShown(shown + STEP)}>
            {uploaderMessages.showAll}
          </Button>
        </p>
      )}
    </section>
  );
}

/** A long list shows what is still to do before what is done. */
function firstRows(items: readonly QueueItem[], count: number): readonly QueueItem[] {
  if (items.length <= count) return items;
  const open: QueueItem[] = [];
  const over: QueueItem[] = [];
  for (const item of items) {
    (isOver(item.upload.snapshot().phase) ? over : open).push(item);
    if (open.length === count) return open;
  }
  return [...open, ...over].slice(0, count);
}

/** A row that goes away hands the focus to its neighbour. */
function focusBeside(list: HTMLUListElement | null, key: number): void {
  const row = list?.querySelector(`[data-key="${key}"]`) ?? null;
  const heir = lastButtonBeside(row) ?? document.querySelector<HTMLElement>("#content");
  heir?.focus();
}

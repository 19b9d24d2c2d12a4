"use client";

import { useCallback, useRef } from "react";
import { useUploads } from "../../client/react/index.ts";
import { lastButtonOfNeighbour } from "../kit/use-focus-return.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import { useRemovals } from "../uploads/removals.tsx";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { useUnfinished } from "../uploads/use-unfinished.ts";
import { LongList } from "./long-list.tsx";
import { TotalsBar } from "./totals-bar.tsx";
import { UploadRow } from "./upload-row.tsx";

/** Longer lists are virtualized: thousands of rows would slow down the page. */
const LONG = 50;

/** Lists the files of the queue. */
export function UploadList() {
  const queue = useQueue();
  const { items, totals } = useUploads(queue);
  const list = useRef<HTMLUListElement>(null);
  const { uploads: unfinished } = useUnfinished();
  const { remove: take } = useRemovals();
  const remove = useCallback(
    (key: number) => {
      focusNeighbour(list.current, key);
      take(key);
    },
    [take],
  );
  if (items.length === 0) return null;
  return (
    <section
      aria-label={uploaderMessages.queue}
      className="overflow-hidden rounded-xl border border-border bg-card"
    >
      {items.length > 1 && <TotalsBar queue={queue} totals={totals} />}
      {items.length > LONG ? (
        <LongList items={items} unfinished={unfinished} list={list} onRemove={remove} />
      ) : (
        <ul ref={list} className="divide-y divide-border">
          {items.map((item) => (
            <UploadRow key={item.key} item={item} unfinished={unfinished} onRemove={remove} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Moves the focus from a row that will be removed to its neighbour. */
function focusNeighbour(list: HTMLUListElement | null, key: number): void {
  const row = list?.querySelector(`[data-key="${key}"]`) ?? null;
  const nextFocus = lastButtonOfNeighbour(row) ?? document.querySelector<HTMLElement>("#content");
  nextFocus?.focus();
}

"use client";

import { useCallback, useRef } from "react";
import { useUploads } from "../../client/react/index.ts";
import { lastButtonBeside } from "../kit/use-focus-return.ts";
import { uploaderMessages } from "../messages/uploader.ts";
import { useRemovals } from "../uploads/removals.tsx";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { useUnfinished } from "../uploads/use-unfinished.ts";
import { LongList } from "./long-list.tsx";
import { TotalsBar } from "./totals-bar.tsx";
import { UploadRow } from "./upload-row.tsx";

/** More files than this are shown through a window: thousands of rows would slow the page. */
const LONG = 50;

/** The files of the queue. */
export function UploadList() {
  const queue = useQueue();
  const { items, totals } = useUploads(queue);
  const list = useRef<HTMLUListElement>(null);
  const { uploads: unfinished } = useUnfinished();
  const { remove: take } = useRemovals();
  const remove = useCallback(
    (key: number) => {
      focusBeside(list.current, key);
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

/** A row that goes away hands the focus to its neighbour. */
function focusBeside(list: HTMLUListElement | null, key: number): void {
  const row = list?.querySelector(`[data-key="${key}"]`) ?? null;
  const heir = lastButtonBeside(row) ?? document.querySelector<HTMLElement>("#content");
  heir?.focus();
}

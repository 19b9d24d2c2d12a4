"use client";

import {
  type ReactNode,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { QueueItem } from "../../client/upload-queue.ts";
import type { UploadView } from "../../wire/schemas.ts";
import { Button } from "../kit/button.tsx";
import { useFormats } from "../kit/locale.tsx";
import { uploaderMessages } from "../messages/uploader.ts";
import { CompactRow } from "./upload-row.tsx";
import { useOpenItems } from "./use-open-items.ts";
import { rowsInView } from "./window-range.ts";

/** The heights of a row and of the scrollable window in pixels. */
const ROW_HEIGHT = 64;
const WINDOW_HEIGHT = 8 * ROW_HEIGHT;

interface LongListProps {
  readonly items: readonly QueueItem[];
  readonly unfinished: readonly UploadView[];
  readonly list: RefObject<HTMLUListElement | null>;
  readonly onRemove: (key: number) => void;
}

/**
 * A virtualized list for thousands of files: only the rows in view are rendered, all with the same
 * height, in the order of the queue. Finished files are collapsed to one line unless the user expands it.
 */
export function LongList({ items, ...rest }: LongListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [showAll, setShowAll] = useState(false);
  const isHeld = useCallback(() => isInUse(frame.current), []);
  const { open, collapsed } = useOpenItems(items, isHeld);
  return (
    <>
      <Window {...rest} frame={frame} items={showAll ? items : open} />
      {collapsed > 0 && (
        <Finished count={collapsed} shown={showAll} onToggle={() => setShowAll(!showAll)} />
      )}
    </>
  );
}

interface WindowProps extends LongListProps {
  readonly frame: RefObject<HTMLDivElement | null>;
}

function Window({ frame, list, items, unfinished, onRemove }: WindowProps): ReactNode {
  const [top, setTop] = useState(0);
  const [focused, setFocused] = useState<number | null>(null);
  useAnchor(frame, items);
  if (items.length === 0) return null;
  const kept = focused === null ? -1 : items.findIndex(({ key }) => key === focused);
  const size = { count: items.length, rowHeight: ROW_HEIGHT, kept };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only tracks the focus
    <div
      ref={frame}
      data-window=""
      className="overflow-y-auto overscroll-contain"
      style={{ maxHeight: WINDOW_HEIGHT }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onFocus={({ target }) => setFocused(keyOf(target))}
      onBlur={() => setFocused(null)}
    >
      <ul ref={list} className="relative" style={{ height: items.length * ROW_HEIGHT }}>
        {rowsInView({ top, height: WINDOW_HEIGHT }, size).map((index) => {
          const item = items[index];
          if (item === undefined) return null;
          const place = { index, count: items.length, top: index * ROW_HEIGHT, height: ROW_HEIGHT };
          const row = { item, unfinished, onRemove, ...place };
          return <CompactRow key={item.key} {...row} />;
        })}
      </ul>
    </div>
  );
}

/** Keeps the scroll position of the visible rows when rows above them are removed. */
function useAnchor(frame: RefObject<HTMLDivElement | null>, items: readonly QueueItem[]): void {
  const before = useRef(items);
  useLayoutEffect(() => {
    const scroller = frame.current;
    const shown = before.current;
    before.current = items;
    if (scroller === null || shown === items || scroller.scrollTop < ROW_HEIGHT) return;
    const from = Math.floor(scroller.scrollTop / ROW_HEIGHT);
    const offset = scroller.scrollTop - from * ROW_HEIGHT;
    const keys = new Set(items.map(({ key }) => key));
    const anchor = shown.slice(from).find(({ key }) => keys.has(key));
    if (anchor === undefined) return;
    scroller.scrollTop = items.findIndex(({ key }) => key === anchor.key) * ROW_HEIGHT + offset;
  }, [frame, items]);
}

interface FinishedProps {
  readonly count: number;
  readonly shown: boolean;
  readonly onToggle: () => void;
}

function Finished({ count, shown, onToggle }: FinishedProps) {
  return (
    <div className="flex items-center justify-between gap-2 border-border border-t px-4 py-2 text-muted-foreground text-sm tabular-nums">
      {uploaderMessages.finished(count, useFormats())}
      <Button
        look="quiet"
        size="narrow"
        className="-mr-2.5"
        aria-expanded={shown}
        onClick={onToggle}
      >
        {shown ? uploaderMessages.hideFinished : uploaderMessages.showFinished}
      </Button>
    </div>
  );
}

function isInUse(frame: HTMLDivElement | null): boolean {
  return frame?.matches(":hover, :focus-within") ?? false;
}

/** The key of the row that contains `element`; null outside rows. */
function keyOf(element: Element): number | null {
  const key = element.closest("[data-key]")?.getAttribute("data-key");
  return key === null || key === undefined ? null : Number(key);
}

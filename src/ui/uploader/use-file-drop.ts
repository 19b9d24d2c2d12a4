"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { type ReadDrop, readDrop, readItems } from "../../client/react/read-drop.ts";

/** Browsers fire `dragover` at least every 350 ms. After this time without one, the drag has ended. */
const SILENCE_MS = 1_000;

/**
 * Receives files that are dropped or pasted anywhere on the page, including files dropped before this
 * hook ran. Returns whether files are being dragged over the page.
 */
export function useFileDrop(onFiles: (found: ReadDrop) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(async (reading: Promise<ReadDrop>) => onFiles(await reading));
  useEffect(() => {
    for (const items of window.earlyDrops?.splice(0) ?? []) void take(readItems(items));
    const listening = new AbortController();
    const { signal } = listening;
    // `dragenter` of a child fires before `dragleave` of its parent, so the depth is 0 only outside the page.
    let depth = 0;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const gone = () => {
      clearTimeout(silence);
      depth = 0;
      setOver(false);
    };
    // Escape, or the removal of the element under the pointer, fires no `dragleave`.
    const stay = () => {
      clearTimeout(silence);
      silence = setTimeout(gone, SILENCE_MS);
      setOver(true);
    };
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      stay();
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth -= 1;
      if (depth <= 0) gone();
    };
    const hover = (event: DragEvent) => {
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      stay();
    };
    const drop = (event: DragEvent) => {
      gone();
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      void take(readDrop(event.dataTransfer));
    };
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData?.types.includes("Files") !== true) return;
      event.preventDefault();
      void take(readDrop(event.clipboardData));
    };
    // Runs before the listeners of `guardDrops` on `window`, which ignore events that are handled here.
    document.addEventListener("dragenter", enter, { signal });
    document.addEventListener("dragleave", leave, { signal });
    document.addEventListener("dragover", hover, { signal });
    document.addEventListener("drop", drop, { signal });
    document.addEventListener("paste", paste, { signal });
    return () => {
      clearTimeout(silence);
      listening.abort();
    };
  }, []);
  return over;
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

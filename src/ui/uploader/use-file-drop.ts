"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { type ReadDrop, readDrop, readItems } from "../../client/react/read-drop.ts";

/** A browser tells of files that hover every 350 ms or more often; longer silence: they are gone. */
const SILENCE_MS = 1_000;

/**
 * Takes files that are dropped or pasted anywhere on the page, those too that were dropped before it
 * listened. Answers whether files hover over it.
 */
export function useFileDrop(onFiles: (found: ReadDrop) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(async (reading: Promise<ReadDrop>) => onFiles(await reading));
  useEffect(() => {
    for (const items of window.earlyDrops?.splice(0) ?? []) void take(readItems(items));
    const listening = new AbortController();
    const { signal } = listening;
    // `dragenter` of a child comes before `dragleave` of its parent: the depth tells whether we are still inside.
    let depth = 0;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const gone = () => {
      clearTimeout(silence);
      depth = 0;
      setOver(false);
    };
    // Not every end is told: Escape, or an element that goes away under the files, sends no `dragleave`.
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
    // Before the window hears of them: what is taken here, `guardDrops` leaves alone.
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

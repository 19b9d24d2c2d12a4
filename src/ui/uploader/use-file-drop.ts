"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { type ReadDrop, readDrop } from "../../client/react/read-drop.ts";

/** Takes files that are dropped or pasted anywhere on the page. Answers whether files hover over it. */
export function useFileDrop(onFiles: (found: ReadDrop) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(async (transfer: DataTransfer) => onFiles(await readDrop(transfer)));
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    // `dragenter` of a child comes before `dragleave` of its parent: the depth tells whether we are still inside.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      void take(event.dataTransfer);
    };
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData?.types.includes("Files") !== true) return;
      event.preventDefault();
      void take(event.clipboardData);
    };
    window.addEventListener("dragenter", enter, { signal });
    window.addEventListener("dragleave", leave, { signal });
    window.addEventListener("dragover", hover, { signal });
    window.addEventListener("drop", drop, { signal });
    window.addEventListener("paste", paste, { signal });
    return () => listening.abort();
  }, []);
  return over;
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

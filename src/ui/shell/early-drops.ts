import type { DroppedItem } from "../../client/react/read-drop.ts";

declare global {
  interface Window {
    /** Files dropped before the uploader listened, one list per drop. */
    earlyDrops?: DroppedItem[][];
  }
}

/** Marks an element that accepts files. It is part of the server-rendered page. */
export const takesFiles = { "data-takes-files": "" } as const;

/**
 * Embedded as text and run before all other scripts on every page, so it must not reference anything
 * outside itself. By default a browser navigates to a dropped file, which would stop all uploads.
 * Therefore pages without an uploader reject drops, and pages with one keep them until it listens.
 */
export function guardDrops(): void {
  const early: DroppedItem[][] = [];
  window.earlyDrops = early;
  const isOpen = (event: DragEvent) =>
    !event.defaultPrevented && event.dataTransfer?.types.includes("Files") === true;
  const acceptsFiles = () => document.querySelector("[data-takes-files]") !== null;
  window.addEventListener("dragover", (event) => {
    if (!isOpen(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = acceptsFiles() ? "copy" : "none";
  });
  window.addEventListener("drop", (event) => {
    if (!isOpen(event) || event.dataTransfer === null) return;
    event.preventDefault();
    if (!acceptsFiles()) return;
    early.push(
      Array.from(event.dataTransfer.items, (item) => ({
        entry: item.kind === "file" ? item.webkitGetAsEntry() : null,
        file: item.kind === "file" ? item.getAsFile() : null,
      })),
    );
  });
}

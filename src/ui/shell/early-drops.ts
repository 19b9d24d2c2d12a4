import type { DroppedItem } from "../../client/react/read-drop.ts";

declare global {
  interface Window {
    /** What was dropped before the uploader listened, a list a drop. */
    earlyDrops?: DroppedItem[][];
  }
}

/** Marks what takes files, as it stands in the page that the server sends. */
export const takesFiles = { "data-takes-files": "" } as const;

/**
 * Runs before any other script, on every page, as text: it may use nothing from outside. A browser
 * leaves the page for a file that nobody takes, and every upload with it: so files are refused where
 * none are taken, and kept where the uploader does not listen yet.
 */
export function guardDrops(): void {
  const early: DroppedItem[][] = [];
  window.earlyDrops = early;
  const isOpen = (event: DragEvent) =>
    !event.defaultPrevented && event.dataTransfer?.types.includes("Files") === true;
  const taken = () => document.querySelector("[data-takes-files]") !== null;
  window.addEventListener("dragover", (event) => {
    if (!isOpen(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = taken() ? "copy" : "none";
  });
  window.addEventListener("drop", (event) => {
    if (!isOpen(event) || event.dataTransfer === null) return;
    event.preventDefault();
    if (!taken()) return;
    early.push(
      Array.from(event.dataTransfer.items, (item) => ({
        entry: item.kind === "file" ? item.webkitGetAsEntry() : null,
        file: item.kind === "file" ? item.getAsFile() : null,
      })),
    );
  });
}

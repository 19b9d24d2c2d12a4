import { setFlagsFromString } from "node:v8";

/**
 * Suits V8's collector to bodies that pass through. It counts their buffers as if they stayed: with
 * a heap that hardly grows by itself it would collect all of it every 10 to 20 MB of an upload,
 * nearly half of the CPU time of a fast one. So the old part may grow further between two full
 * collections, and the young part stays small: what passes through is freed by small collections
 * either way, and the memory above idle stays below 64 MiB. (Collecting the young part more often
 * ourselves would halve that memory, and cost a tenth of the speed: what is given back to the system
 * has to be asked for again, page by page.)
 */
export function calmCollector(): void {
  setFlagsFromString("--heap-growing-percent=45");
  setFlagsFromString("--semi-space-growth-factor=1");
}

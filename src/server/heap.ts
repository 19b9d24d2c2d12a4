import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** So many bytes of bodies pass through between two collections of what is young. */
const YOUNG_BYTES = 4 * 2 ** 20;

type Collect = (options: { type: "minor" }) => void;

let collect: Collect | null = null;
let passed = 0;

/**
 * Suits V8's collector to bodies that pass through. Each piece that a socket brings is a buffer of its
 * own, of no use a moment later. V8 leaves 32 MB of them lying before it looks, counts them as if
 * they stayed, and then marks the whole heap, Next's fifty megabytes and all, every 30 MB of an
 * upload: a third of the CPU time of a fast one. So we have what is young collected ourselves
 * (`notePassing`), which takes about a millisecond. Little grows old then, and the old part is marked
 * when it has grown by 40 %: 32 uploads at once stay within 64 MiB above idle. For a process that
 * serves; done once, at its start.
 */
export function suitCollector(): void {
  setFlagsFromString("--heap-growing-percent=40");
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--expose-gc");
  collect = (runInNewContext("gc") as Collect | undefined) ?? null;
}

/** Says that so many bytes of a body came in: now and then what is left of them is collected. */
export function notePassing(bytes: number): void {
  passed += bytes;
  if (passed < YOUNG_BYTES) return;
  passed = 0;
  collect?.({ type: "minor" });
}

import { formatBytes, formatSeconds, inColumns, percentOf } from "./format.ts";

/** The content of a bar. Sizes are bytes; `size` is null if unknown. */
export interface Shown {
  readonly name: string;
  readonly sent: number;
  readonly size: number | null;
  readonly tail: string;
}

/** "12.3 MB/s  2 min left" */
export function rate(speed: number, secondsLeft: number | null): string {
  const text = `${formatBytes(speed)}/s`.padStart(10);
  return secondsLeft === null ? text : `${text}  ${formatSeconds(secondsLeft)} left`;
}

const TAIL_COLUMNS = 28;

/** One line: name, bar, percent (or bytes, if the size is unknown), speed and time left. */
export function drawBar({ name, sent, size, tail }: Shown, columns: number): string {
  const width = columns < 80 ? 10 : 20;
  const room = Math.min(40, Math.max(8, columns - width - TAIL_COLUMNS - 11));
  if (size === null) return `${inColumns(name, room)}  ${formatBytes(sent).padStart(10)}  ${tail}`;
  const percent = percentOf(sent, size);
  const full = Math.floor((percent / 100) * width);
  const bar = "█".repeat(full) + "░".repeat(width - full);
  return `${inColumns(name, room)}  ${bar}  ${String(percent).padStart(3)} %  ${tail}`;
}

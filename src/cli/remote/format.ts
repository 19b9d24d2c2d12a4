const units = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A human-readable size: "1.5 MB" (powers of ten, as in file managers). */
export function formatBytes(bytes: number): string {
  const exponent = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** exponent;
  const digits = value < 100 && exponent > 0 ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${units[exponent]}`;
}

/** A human-readable duration: "0.4 s", "12 s", "3 min 20 s". */
export function formatDuration(seconds: number): string {
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : formatSeconds(seconds);
}

/** A human-readable number of seconds, at least 1: "4 s", "3 min 20 s", "2 h 5 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return pair([Math.floor(whole / 60), "min"], [whole % 60, "s"]);
  const minutes = Math.round(whole / 60);
  return pair([Math.floor(minutes / 60), "h"], [minutes % 60, "min"]);
}

function pair(large: [number, string], small: [number, string]): string {
  const head = large.join(" ");
  return small[0] === 0 ? head : `${head} ${small.join(" ")}`;
}

/** Percent, rounded down so that 100 means complete. 100 for a `whole` of 0. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.min(100, Math.floor((part / whole) * 100));
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** "2026-11-24 14:05", in the local time zone. */
export function formatDate(date: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Control characters could send commands to the terminal; direction marks could reverse a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes an untrusted text (a filename, a server's message) safe to print in one line. */
export function printable(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").replace(unsafe, "\ufffd");
}

/** Characters that are two terminal columns wide: East Asian ones and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function columnsOf(glyph: string): number {
  if (/^\p{M}|\u200d/u.test(glyph)) return 0;
  return wide.test(glyph) ? 2 : 1;
}

/** The width of `text` in terminal columns. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, glyph) => sum + columnsOf(glyph), 0);
}

/** Fits `text` into exactly `columns` columns: padded, or cut in the middle, where names differ least. */
export function inColumns(text: string, columns: number): string {
  const width = widthOf(text);
  if (width <= columns) return text + " ".repeat(columns - width);
  const head = take([...text], Math.ceil((columns - 1) / 2));
  const tail = take([...text].reverse(), Math.floor((columns - 1) / 2));
  const cut = `${head.join("")}…${tail.reverse().join("")}`;
  return cut + " ".repeat(Math.max(0, columns - widthOf(cut)));
}

function take(glyphs: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const glyph of glyphs) {
    used += columnsOf(glyph);
    if (used > columns) break;
    taken.push(glyph);
  }
  return taken;
}

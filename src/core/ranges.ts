/** Bytes `start` (inclusive) to `end` (exclusive). Ranges in a list are ascending, disjoint and merged. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The largest size of an upload in bytes: what a JavaScript number holds exactly. */
export const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** `held` with `added` in it; touching and overlapping ranges become one. Empty ranges add nothing. */
export function addRange(held: readonly ByteRange[], added: ByteRange): ByteRange[] {
  if (added.end <= added.start) return [...held];
  const result: ByteRange[] = [];
  let { start, end } = added;
  let placed = false;
  for (const range of held) {
    if (range.end < start) result.push(range);
    else if (range.start > end) {
      if (!placed) result.push({ start, end });
      placed = true;
      result.push(range);
    } else {
      start = Math.min(start, range.start);
      end = Math.max(end, range.end);
    }
  }
  if (!placed) result.push({ start, end });
  return result;
}

/** The parts of `wanted` that `held` lacks, ascending. */
export function missingRanges(held: readonly ByteRange[], wanted: ByteRange): ByteRange[] {
  const gaps: ByteRange[] = [];
  let at = wanted.start;
  for (const range of held) {
    if (range.end <= at) continue;
    if (range.start >= wanted.end) break;
    if (range.start > at) gaps.push({ start: at, end: range.start });
    at = Math.max(at, range.end);
  }
  if (at < wanted.end) gaps.push({ start: at, end: wanted.end });
  return gaps;
}

/** The length of the unbroken run of bytes from 0. */
export function prefixLength(held: readonly ByteRange[]): number {
  const first = held[0];
  return first !== undefined && first.start === 0 ? first.end : 0;
}

/** The end of the last byte held; 0 when nothing is. */
export function highestHeld(held: readonly ByteRange[]): number {
  return held.at(-1)?.end ?? 0;
}

/** How many bytes lie in `ranges`. */
export function totalLength(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, range) => sum + (range.end - range.start), 0);
}

export function overlaps(a: ByteRange, b: ByteRange): boolean {
  return a.start < b.end && b.start < a.end;
}

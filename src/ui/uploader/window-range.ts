/** Rows rendered beyond each edge, so that scrolling shows no gap. */
const OVERSCAN = 4;

export interface Viewport {
  /** The scroll position in pixels. */
  readonly top: number;
  /** The visible height in pixels. */
  readonly height: number;
}

/**
 * The indexes of the rows to render, ascending: those in view, some beyond each edge, and `kept` (the
 * row with the focus, which would be lost if the row were removed; -1: none).
 */
export function rowsInView(
  { top, height }: Viewport,
  { count, rowHeight, kept = -1 }: { count: number; rowHeight: number; kept?: number },
): readonly number[] {
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  // After the list became shorter, the scroll position may be beyond its end.
  const first = Math.max(
    0,
    Math.min(Math.floor(top / rowHeight), last - Math.ceil(height / rowHeight)) - OVERSCAN,
  );
  const indexes = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  if (kept < 0 || kept >= count) return indexes;
  if (kept < first) return [kept, ...indexes];
  return kept >= last ? [...indexes, kept] : indexes;
}

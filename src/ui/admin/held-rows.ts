interface Row {
  readonly id: string;
}

/** A shown row. `gone`: the server no longer lists it. */
export interface HeldRow<Item extends Row> {
  readonly item: Item;
  readonly gone: boolean;
}

/** The shown rows of a list that changes while the user works with it. */
export interface HeldRows<Item extends Row> {
  readonly rows: readonly HeldRow<Item>[];
  /** Number of rows that the server lists but that are not shown. */
  readonly fresh: number;
}

export const noRows: HeldRows<never> = { rows: [], fresh: 0 };

/**
 * Updates `shown` with `latest` without moving a row. Rows keep their positions and get new content;
 * rows that the server no longer lists are kept; new rows are counted (`fresh`) and only added if they
 * come after all shown rows. At most `size` rows are shown.
 */
export function holdRows<Item extends Row>(
  shown: readonly HeldRow<Item>[],
  { latest, size }: { latest: readonly Item[]; size: number },
): HeldRows<Item> {
  const byId = new Map(latest.map((item) => [item.id, item]));
  const updated = shown.map((row, at) => {
    const item = byId.get(row.item.id);
    return item === undefined ? { ...row, gone: isGone({ shown, at, byId }) } : listed(item);
  });
  if (updated.every(({ gone }) => gone)) {
    return { rows: latest.slice(0, size).map(listed), fresh: 0 };
  }
  const known = new Set(shown.map(({ item }) => item.id));
  const end = latest.findLastIndex(({ id }) => known.has(id)) + 1;
  const below = latest.slice(end, end + Math.max(0, size - shown.length));
  const fresh = latest.slice(0, end).filter(({ id }) => !known.has(id)).length;
  return { rows: [...updated, ...below.map(listed)], fresh };
}

/**
 * Whether a missing row was removed. New rows move others off the end of the page, so a row has
 * certainly been removed only if a row after it is still listed.
 */
function isGone({
  shown,
  at,
  byId,
}: {
  shown: readonly HeldRow<Row>[];
  at: number;
  byId: ReadonlyMap<string, Row>;
}): boolean {
  return shown[at]?.gone === true || shown.slice(at + 1).some(({ item }) => byId.has(item.id));
}

function listed<Item extends Row>(item: Item): HeldRow<Item> {
  return { item, gone: false };
}

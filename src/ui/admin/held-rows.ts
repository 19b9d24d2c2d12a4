interface Row {
  readonly id: string;
}

/** A row that is shown; `gone`: the server does not list it any more. */
export interface HeldRow<Item extends Row> {
  readonly item: Item;
  readonly gone: boolean;
}

/** What is shown of a list that changes while somebody works with it. */
export interface HeldRows<Item extends Row> {
  readonly rows: readonly HeldRow<Item>[];
  /** How many rows the server lists that are not shown. */
  readonly fresh: number;
}

export const noRows: HeldRows<never> = { rows: [], fresh: 0 };

/**
 * Brings `shown` up to date with `latest` without moving a row: rows keep their places and take on
 * what is new of them; rows that the server lists no more stay as they are; new rows are counted
 * (`fresh`), and only added when they come after all that are shown. At most `size` rows are shown.
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
 * Whether a missing row was removed. New rows push others off the end of the page: a row is only gone
 * for certain if one that comes after it is still listed.
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

/** A row of a table whose key is `id`. */
export type SyncRow = { readonly id: string } & Readonly<Record<string, unknown>>;

/** What `syncTable` needs of a Prisma delegate. */
export interface SyncTable {
  findMany(ask: object): Promise<SyncRow[]>;
  createMany(ask: { data: SyncRow[] }): Promise<unknown>;
  update(ask: { where: { id: string }; data: SyncRow }): Promise<unknown>;
  deleteMany(ask: { where: { id: { in: string[] } } }): Promise<unknown>;
}

/** Rows per statement. */
const BATCH = 500;

/**
 * Makes `target` a copy of `source`: deletes, adds and updates rows. `choose` returns the rows of a
 * batch that are copied, in the form in which they are copied. A repetition changes nothing.
 */
export async function syncTable(
  source: SyncTable,
  target: SyncTable,
  choose: (rows: SyncRow[]) => Promise<SyncRow[]> | SyncRow[] = (rows) => rows,
): Promise<void> {
  // First, since a deleted row may have a unique value that a new row has now.
  for await (const rows of batches(target)) {
    const kept = new Set(idsOf(await choose(await sameRows(source, rows))));
    const gone = idsOf(rows).filter((id) => !kept.has(id));
    if (gone.length > 0) await target.deleteMany({ where: { id: { in: gone } } });
  }
  for await (const all of batches(source)) {
    const rows = await choose(all);
    const there = new Map((await sameRows(target, rows)).map((row) => [row.id, row]));
    const added = rows.filter(({ id }) => !there.has(id));
    if (added.length > 0) await target.createMany({ data: added });
    for (const row of rows) {
      const old = there.get(row.id);
      if (old !== undefined && JSON.stringify(old) !== JSON.stringify(row))
        await target.update({ where: { id: row.id }, data: row });
    }
  }
}

async function* batches(table: SyncTable): AsyncGenerator<SyncRow[]> {
  let after: string | undefined;
  for (;;) {
    const where = after === undefined ? {} : { id: { gt: after } };
    const rows = await table.findMany({ where, orderBy: { id: "asc" }, take: BATCH });
    if (rows.length > 0) yield rows;
    after = rows.at(-1)?.id;
    if (rows.length < BATCH) return;
  }
}

function sameRows(table: SyncTable, rows: readonly SyncRow[]): Promise<SyncRow[]> {
  return table.findMany({ where: { id: { in: idsOf(rows) } } });
}

function idsOf(rows: readonly SyncRow[]): string[] {
  return rows.map(({ id }) => id);
}

import { type DatabaseClient, type OpenAsk, openClients } from "./database-client.ts";
import { type SyncRow, type SyncTable, syncTable } from "./sync-table.ts";

/** Numbers of records that a move copies, and of those that it does not. */
export interface MoveTotals {
  readonly users: number;
  readonly tokens: number;
  /** Finished uploads, and the sum of their sizes in bytes. */
  readonly uploads: number;
  readonly bytes: number;
  /** Records of expired uploads that were kept without their bytes. */
  readonly keptRecords: number;
  /** Uploads that are not finished: they are not moved. */
  readonly unfinished: number;
}

/** Copies records that no port of the core can read or write as a whole. */
export interface RecordMove {
  /** Whether the target has our tables. */
  isMigrated(): Promise<boolean>;
  /** Whether the target has neither users nor uploads. It must have our tables. */
  isEmpty(): Promise<boolean>;
  totals(): Promise<MoveTotals>;
  /** Makes users, their accounts, API tokens and sessions of the target a copy of the source. */
  copyAccounts(): Promise<void>;
  /** The same for the completions that `onComplete` has not processed yet, of uploads in the target. */
  copyOutbox(): Promise<void>;
  /** The `version` of each upload that the target has. */
  versions(ids: readonly string[]): Promise<Map<string, number>>;
  close(): Promise<void>;
}

/** Opens connections of its own to both databases. Rejects with the driver's error. */
export async function openRecordMove(ask: {
  source: OpenAsk;
  target: OpenAsk;
}): Promise<RecordMove> {
  const source = await openClients(ask.source);
  const target = await openClients(ask.target).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  const move = recordMove(source.client, target.client);
  return {
    ...move,
    async close() {
      await source.close();
      await target.close();
    },
  };
}

function recordMove(source: DatabaseClient, target: DatabaseClient): Omit<RecordMove, "close"> {
  const table = target.chunkedUpload;
  return {
    async isMigrated() {
      const [row] = await target.$queryRaw<{ name: string | null }[]>`
        SELECT to_regclass('"DatabaseFact"')::text AS name`;
      return row?.name != null;
    },

    async isEmpty() {
      const [user, upload] = await Promise.all([
        target.user.findFirst({ select: { id: true } }),
        table.findFirst({ select: { id: true } }),
      ]);
      return user === null && upload === null;
    },

    totals: () => totalsOf(source),

    async copyAccounts() {
      for (const name of ["user", "account", "apiToken", "session"] as const)
        await syncTable(asTable(source[name]), asTable(target[name]));
    },

    async copyOutbox() {
      const choose = async (rows: SyncRow[]) => {
        const ids = rows.map(({ uploadId }) => String(uploadId));
        const there = await table.findMany({ where: { id: { in: ids } }, select: { id: true } });
        const moved = new Set(there.map(({ id }) => id));
        return rows
          .filter(({ uploadId }) => moved.has(String(uploadId)))
          .map((row) => ({ ...row, heldUntil: null }));
      };
      await syncTable(asTable(source.outboxEntry), asTable(target.outboxEntry), choose);
    },

    async versions(ids) {
      const where = { id: { in: [...ids] } };
      const rows = await table.findMany({ where, select: { id: true, version: true } });
      return new Map(rows.map(({ id, version }) => [id, version]));
    },
  };
}

async function totalsOf({ user, apiToken, chunkedUpload }: DatabaseClient): Promise<MoveTotals> {
  const finished = await chunkedUpload.aggregate({
    where: { state: "complete" },
    _count: true,
    _sum: { size: true },
  });
  return {
    users: await user.count(),
    tokens: await apiToken.count(),
    uploads: finished._count,
    bytes: Number(finished._sum.size ?? 0n),
    keptRecords: await chunkedUpload.count({ where: { state: "swept" } }),
    unfinished: await chunkedUpload.count({ where: { state: "uploading" } }),
  };
}

/** The delegates of all tables have these methods; their types differ by the table's columns. */
function asTable(delegate: unknown): SyncTable {
  return delegate as SyncTable;
}

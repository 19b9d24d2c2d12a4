import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
  type Transaction,
} from "@prisma/driver-adapter-utils";
import type { Statement, StatementResult } from "../sqlite/messages.ts";
import type { Sqlite } from "../sqlite/sqlite.ts";
import { toDriverError } from "./sqlite-errors.ts";
import { toResultSet, toStatement } from "./sqlite-values.ts";

const identity = { provider: "sqlite", adapterName: "trpc-chunked-upload-sqlite" } as const;

/** Prisma calls commit() and rollback(), and sends no COMMIT or ROLLBACK of its own. */
const transactionOptions = { usePhantomQuery: true } as const;

/** A SELECT changes nothing in SQLite; it runs on a read-only connection, which proves it. */
const select = /^\s*SELECT\b/i;

type Run = (statement: Statement) => Promise<StatementResult>;

/**
 * Prisma's driver adapter over `sqlite`. Each SELECT outside a transaction goes to `read`, everything
 * else to the one writer. The file stays open when Prisma disconnects: its owner closes it.
 */
export function createSqliteAdapter(sqlite: Sqlite, read: Run): SqlDriverAdapterFactory {
  const run: Run = (statement) =>
    select.test(statement.sql) ? read(statement) : sqlite.write(statement);
  const adapter: SqlDriverAdapter = {
    ...identity,
    ...queryable(run),
    executeScript: (script) => sqlite.script(script).catch(rethrow),
    startTransaction: (level) => begin(sqlite, level),
    getConnectionInfo: () => ({ supportsRelationJoins: false }),
    dispose: async () => {},
  };
  return { ...identity, connect: async () => adapter };
}

async function begin(sqlite: Sqlite, level?: IsolationLevel): Promise<Transaction> {
  if (level !== undefined && level !== "SERIALIZABLE") {
    throw new DriverAdapterError({ kind: "InvalidIsolationLevel", level });
  }
  const transaction = await sqlite.begin().catch(rethrow);
  const control = async (sql: string) => {
    await transaction.run({ sql, args: [], want: "changes" }).catch(rethrow);
  };
  return {
    ...identity,
    ...queryable(transaction.run),
    options: transactionOptions,
    commit: () => transaction.commit().catch(rethrow),
    rollback: () => transaction.rollback().catch(rethrow),
    createSavepoint: (name) => control(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name) => control(`ROLLBACK TO ${name}`),
    releaseSavepoint: (name) => control(`RELEASE ${name}`),
  };
}

function queryable(run: Run) {
  return {
    async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
      return toResultSet(await run(toStatement(query, "rows")).catch(rethrow));
    },
    async executeRaw(query: SqlQuery): Promise<number> {
      return (await run(toStatement(query, "changes")).catch(rethrow)).changes;
    },
  };
}

function rethrow(error: unknown): never {
  throw toDriverError(error);
}

import type { SqliteValue, Statement, StatementResult } from "./messages.ts";
import { ThreadClient } from "./thread-client.ts";

/** How long a task waits for the lock of another process, in ms. */
const WAIT_MS = 5_000;

/**
 * A SQLite file. Every method runs on a thread of its own kind, never on the main thread, and rejects
 * with a `SqliteError`; `isLocked` is true if another process held the lock for 5 s.
 */
export interface Sqlite {
  /** Runs one statement that changes the database and resolves after its commit. */
  write(statement: Statement): Promise<StatementResult>;
  /** Runs a short SELECT on a read-only connection. It sees every commit acknowledged before. */
  read(statement: Statement): Promise<StatementResult>;
  /** As `read`, for lists, sums and searches: these wait only for each other. */
  readLong(statement: Statement): Promise<StatementResult>;
  /** Begins a transaction. Until it ends, no other write runs. */
  begin(): Promise<SqliteTransaction>;
  /** Runs several statements without parameters. */
  script(sql: string): Promise<void>;
  /**
   * Writes a consistent copy of the whole database to `path`, a file that does not exist yet, while
   * reads and writes continue. The copy is not synced to disk.
   */
  copyTo(path: string): Promise<void>;
  /**
   * Finishes all requests, closes the readers, moves the write-ahead log into the file and closes
   * it. Afterwards the file alone is complete, unless another process has it open.
   */
  close(): Promise<void>;
}

/** A transaction that has the write connection to itself. */
export interface SqliteTransaction {
  run(statement: Statement): Promise<StatementResult>;
  /** Rejects when nothing was committed. */
  commit(): Promise<void>;
  /** Does not reject when the transaction has already ended. */
  rollback(): Promise<void>;
}

const nothing: StatementResult = { columns: [], types: [], rows: [], changes: 0 };

/**
 * Opens the file at `path`, or a new database at ":memory:". Rejects when it cannot be opened, or
 * when it does not run with WAL, `synchronous=FULL` and foreign keys.
 */
export async function openSqlite(path: string): Promise<Sqlite> {
  const thread = (role: "writer" | "reader") => new ThreadClient({ path, role }, WAIT_MS);
  const writer = thread("writer");
  // A database in memory belongs to its one connection.
  const reader = () => (path === ":memory:" ? writer : thread("reader"));
  const short = reader();
  const long = [reader(), reader()] as const;
  let transactions = 0;

  const run = async (client: ThreadClient, statement: Statement) => {
    return (await client.ask({ do: "run", statement })) ?? nothing;
  };

  try {
    // Opens the connection, which verifies its settings.
    await writer.ask({ do: "script", sql: "" });
  } catch (error) {
    await writer.close();
    throw error;
  }
  return {
    write: (statement) => run(writer, statement),
    read: (statement) => run(short, statement),
    readLong: (statement) => run(leastBusy(long), statement),
    async begin() {
      transactions += 1;
      const transaction = transactions;
      await writer.ask({ do: "begin", transaction });
      return {
        run: async (statement) =>
          (await writer.ask({ do: "run-inside", transaction, statement })) ?? nothing,
        commit: async () => void (await writer.ask({ do: "commit", transaction })),
        rollback: async () => void (await writer.ask({ do: "rollback", transaction })),
      };
    },
    script: async (sql) => void (await writer.ask({ do: "script", sql })),
    async copyTo(target) {
      const copier = thread("reader");
      try {
        await copier.ask({ do: "run", statement: statementOf("VACUUM INTO ?", target) });
      } finally {
        await copier.close();
      }
    },
    async close() {
      // The readers first: their locks would keep the write-ahead log from being removed.
      if (path !== ":memory:") await Promise.all([short, ...long].map((client) => client.close()));
      await writer.close();
    },
  };
}

function leastBusy(threads: readonly [ThreadClient, ...ThreadClient[]]): ThreadClient {
  return threads.reduce((least, thread) => (thread.load < least.load ? thread : least));
}

/** A statement whose rows are read. */
export function statementOf(sql: string, ...args: SqliteValue[]): Statement {
  return { sql, args, want: "rows" };
}

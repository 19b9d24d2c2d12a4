import { SqliteError } from "./failures.ts";
import type { SqliteValue, Statement, StatementResult } from "./messages.ts";
import { ThreadClient } from "./thread-client.ts";

/** How long a task waits for the lock of another process, in ms. */
const WAIT_MS = 5_000;

/** SQLITE_MISUSE. */
const MISUSE = 21;

/**
 * A SQLite file. Every method runs on a thread of its own kind, never on the main thread, and rejects
 * with a `SqliteError`; one whose `isLocked` holds says that another process held the lock for 5 s.
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
   * reads and writes go on. The copy is not synced to disk.
   */
  copyTo(path: string): Promise<void>;
  /**
   * Finishes what was asked, closes the readers, moves the write-ahead log into the file and closes
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
  const [short, long] =
    path === ":memory:" ? [writer, writer] : [thread("reader"), thread("reader")];
  let transactions = 0;
  let closed: Promise<void> | null = null;

  const run = async (client: ThreadClient, statement: Statement) => {
    if (closed !== null) throw new SqliteError({ message: "The database is closed.", code: MISUSE });
    return (await client.ask({ do: "run", statement })) ?? nothing;
  };

  async function close(): Promise<void> {
    await Promise.all([short.close(), long.close()]);
    await writer.close();
  }

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
    readLong: (statement) => run(long, statement),
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
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** A statement whose rows are read. */
export function statementOf(sql: string, ...args: SqliteValue[]): Statement {
  return { sql, args, want: "rows" };
}

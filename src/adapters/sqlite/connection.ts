import type { DatabaseSyncInstance, StatementSyncInstance } from "@photostructure/sqlite";
import { requireUsableVersion, type SqliteBinding } from "./binding.ts";
import type { SqliteThreadSettings, Statement, StatementResult } from "./messages.ts";
import { fromColumns, toParameters } from "./values.ts";

/** How long the driver waits for a lock inside a call, in ms. Longer waits are retries of the thread. */
const DRIVER_WAIT_MS = 50;

/** The write-ahead log is cut to this length after a checkpoint, in bytes. */
const LOG_LIMIT = 64 * 2 ** 20;

/** Prepared statements kept per connection. */
const KEPT_STATEMENTS = 200;

interface Prepared {
  readonly handle: StatementSyncInstance;
  columns: readonly string[];
  types: readonly (string | null)[];
}

/** One connection to a SQLite file. All calls block the thread. */
export class Connection {
  readonly #database: DatabaseSyncInstance;
  readonly #prepared = new Map<string, Prepared>();

  /**
   * Opens the file. A writer gets WAL, `synchronous=FULL` and foreign keys; all three are read back
   * after a statement, because a WAL database may silently open with `synchronous=NORMAL`. Throws the
   * binding's error, or an Error when a setting is not in effect.
   */
  constructor(binding: SqliteBinding, { path, role }: SqliteThreadSettings) {
    const readOnly = role === "reader";
    this.#database = new binding.DatabaseSync(path, { readOnly, timeout: DRIVER_WAIT_MS });
    try {
      requireUsableVersion(String(this.#setting("sqlite_version()", "SELECT")));
      if (!readOnly) this.#secure(path);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** False in autocommit mode. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Runs statements without parameters. Prepared statements are dropped: the tables may change. */
  script(sql: string): void {
    this.#dropPrepared();
    this.#database.exec(sql);
  }

  /** Runs one statement without parameters and without rows: BEGIN, COMMIT, SAVEPOINT and the like. */
  control(sql: string): void {
    this.#prepare(sql).handle.run();
  }

  /** Runs one statement to its end. */
  run({ sql, args, want }: Statement): StatementResult {
    const prepared = this.#prepare(sql);
    const parameters = toParameters(args);
    if (want === "changes") {
      const { changes } = prepared.handle.run(...parameters);
      return { columns: [], types: [], rows: [], changes: Number(changes) };
    }
    const rows = prepared.handle.all(...parameters) as unknown[][];
    if (rows.length > 0 && rows[0]?.length !== prepared.columns.length) describe(prepared);
    return { columns: prepared.columns, ...fromColumns(prepared.types, rows), changes: 0 };
  }

  /** Moves the whole write-ahead log into the file. Returns false when another connection prevents it. */
  checkpoint(): boolean {
    return this.#setting("wal_checkpoint(TRUNCATE)") === 0;
  }

  /** Finalizes all statements and closes the file; an open transaction is rolled back. */
  close(): void {
    this.#dropPrepared();
    this.#database.close();
  }

  #secure(path: string): void {
    const inMemory = path === ":memory:";
    if (!inMemory) this.#setting("journal_mode = WAL");
    // `fullfsync` matters on macOS, where a plain fsync does not reach the disk.
    const settings = ["synchronous = FULL", "fullfsync = ON", "checkpoint_fullfsync = ON"];
    for (const setting of settings) this.#setting(setting);
    this.#setting("foreign_keys = ON");
    this.#setting(`journal_size_limit = ${LOG_LIMIT}`);
    this.#setting("count(*) FROM sqlite_schema", "SELECT");
    this.#require("synchronous", 2);
    this.#require("foreign_keys", 1);
    if (!inMemory) this.#require("journal_mode", "wal");
  }

  #require(name: string, wanted: number | string): void {
    const found = this.#setting(name);
    if (found === wanted) return;
    throw new Error(`SQLite runs with ${name}=${found} instead of ${wanted}.`);
  }

  /** The first column of the first row. */
  #setting(expression: string, keyword: "PRAGMA" | "SELECT" = "PRAGMA"): unknown {
    const statement = this.#database.prepare(`${keyword} ${expression}`);
    try {
      return Object.values(statement.all()[0] ?? {})[0];
    } finally {
      finalize(statement);
    }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) {
      // A Map iterates in insertion order: the statement used last moves to the end.
      this.#prepared.delete(sql);
      this.#prepared.set(sql, known);
      return known;
    }
    const handle = this.#database.prepare(sql);
    handle.setReadBigInts(true);
    handle.setReturnArrays(true);
    const prepared: Prepared = { handle, columns: [], types: [] };
    describe(prepared);
    this.#prepared.set(sql, prepared);
    if (this.#prepared.size > KEPT_STATEMENTS) this.#dropOldest();
    return prepared;
  }

  #dropOldest(): void {
    const [oldest] = this.#prepared;
    if (oldest === undefined) return;
    this.#prepared.delete(oldest[0]);
    finalize(oldest[1].handle);
  }

  #dropPrepared(): void {
    for (const { handle } of this.#prepared.values()) finalize(handle);
    this.#prepared.clear();
  }
}

function describe(prepared: Prepared): void {
  const columns = prepared.handle.columns();
  prepared.columns = columns.map(({ name }) => name);
  prepared.types = columns.map(({ type }) => type);
}

/** Node before 26 finalizes a statement only when it is collected or its connection is closed. */
function finalize(statement: Partial<Pick<StatementSyncInstance, typeof Symbol.dispose>>): void {
  statement[Symbol.dispose]?.();
}

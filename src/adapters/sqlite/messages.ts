/** A value of a parameter or of a column. An integer outside ±(2^53 - 1) is a bigint. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** One SQL statement with the values of its `?` parameters. */
export interface Statement {
  readonly sql: string;
  readonly args: readonly SqliteValue[];
  /** "rows": the rows are read. "changes": only the number of changed rows is needed. */
  readonly want: "rows" | "changes";
}

/** The result of a statement. */
export interface StatementResult {
  readonly columns: readonly string[];
  /** The declared type of each column; for an expression, the storage class of its first value. */
  readonly types: readonly (string | null)[];
  readonly rows: readonly (readonly SqliteValue[])[];
  /** Rows inserted, updated or deleted; 0 when rows were read. */
  readonly changes: number;
}

/** A failure in a form that can be posted between threads. */
export interface SqliteFailure {
  readonly message: string;
  /** SQLite's extended result code (https://sqlite.org/rescode.html); 1 when SQLite gave none. */
  readonly code: number;
}

/** A task for a SQLite thread. */
export type SqliteTask =
  | { readonly do: "run"; readonly statement: Statement }
  | { readonly do: "begin"; readonly transaction: number }
  | { readonly do: "run-inside"; readonly transaction: number; readonly statement: Statement }
  | { readonly do: "commit" | "rollback"; readonly transaction: number }
  /** Several statements without parameters. A transaction that it leaves open is rolled back. */
  | { readonly do: "script"; readonly sql: string }
  /** Finishes the tasks before it, checkpoints, closes the connection and ends the thread. */
  | { readonly do: "close" };

/** A task with its number, and the time (`monotonicMs`) after which it no longer waits for a lock. */
export interface SqliteRequest {
  readonly id: number;
  readonly task: SqliteTask;
  readonly deadline: number;
}

/** The response to the request with the same `id`. `result` is null for tasks without rows. */
export type SqliteResponse =
  | { readonly id: number; readonly result: StatementResult | null }
  | { readonly id: number; readonly failure: SqliteFailure };

/** The settings of a thread, passed as its `workerData`. */
export interface SqliteThreadSettings {
  /** The path of the file, or ":memory:". */
  readonly path: string;
  readonly role: "writer" | "reader";
}

/** Milliseconds of a monotonic clock that all threads of this process share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

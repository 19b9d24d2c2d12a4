import type { Connection } from "./connection.ts";
import { failureOf, isHarmless } from "./failures.ts";
import type { SqliteFailure, Statement, StatementResult } from "./messages.ts";

/** What became of one task. `result` is null for tasks without rows. */
export type Outcome =
  | { readonly result: StatementResult | null }
  | { readonly failure: SqliteFailure };

/** Committed, with the outcome of each statement; or nothing at all was committed. */
export type GroupOutcome =
  | { readonly committed: true; readonly outcomes: readonly Outcome[] }
  | { readonly committed: false; readonly failure: SqliteFailure };

/**
 * Runs statements in one transaction with one fsync, a savepoint for each, so that one that fails
 * does not undo the others. Some errors (a full disk, an I/O error, a lock) end the whole transaction:
 * then nothing is committed, and what follows would run in autocommit mode. Hence after every error
 * the transaction is either proven to be intact or given up. Does not throw; the caller discards the
 * connection of a group that was not committed, which rolls back what is still open.
 */
export function commitTogether(
  connection: Connection,
  statements: readonly Statement[],
): GroupOutcome {
  try {
    connection.control("BEGIN IMMEDIATE");
    const outcomes = statements.map((statement) => runMember(connection, statement));
    connection.control("COMMIT");
    return { committed: true, outcomes };
  } catch (error) {
    return { committed: false, failure: failureOf(error) };
  }
}

/** Throws if the transaction has ended or must not continue. */
function runMember(connection: Connection, statement: Statement): Outcome {
  connection.control("SAVEPOINT member");
  const outcome = attemptInside(connection, statement);
  if ("failure" in outcome) connection.control("ROLLBACK TO member");
  connection.control("RELEASE member");
  return outcome;
}

/** Runs a statement in an open transaction. Throws when the transaction has not survived it. */
export function attemptInside(connection: Connection, statement: Statement): Outcome {
  try {
    return { result: connection.run(statement) };
  } catch (error) {
    const failure = failureOf(error);
    if (!connection.inTransaction || !isHarmless(failure)) throw error;
    return { failure };
  }
}

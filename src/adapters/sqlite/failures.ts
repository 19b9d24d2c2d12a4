import type { SqliteFailure } from "./messages.ts";

/** Primary result codes (https://sqlite.org/rescode.html). */
const ERROR = 1;
const BUSY = 5;
const LOCKED = 6;
const FULL = 13;
const MISMATCH = 20;
const CONSTRAINT = 19;
const TOOBIG = 18;
const RANGE = 25;

/** Failures of a statement itself: SQLite undoes the statement and the transaction continues. */
const harmless = new Set([ERROR, CONSTRAINT, MISMATCH, TOOBIG, RANGE]);

/** An error that SQLite or its thread reported. `code` is SQLite's extended result code. */
export class SqliteError extends Error {
  readonly code: number;

  constructor({ message, code }: SqliteFailure) {
    super(message);
    this.name = "SqliteError";
    this.code = code;
  }
}

/** The failure in an error that the binding threw. */
export function failureOf(error: unknown): SqliteFailure {
  if (!(error instanceof Error)) return { message: String(error), code: ERROR };
  const code = "errcode" in error ? Number(error.errcode) : ERROR;
  return { message: error.message, code };
}

/** True while another connection holds a lock: the same statement may succeed later. */
export function isLocked({ code }: SqliteFailure): boolean {
  return primary(code) === BUSY || primary(code) === LOCKED;
}

/** True when the disk has no space left for the statement. */
export function isFull({ code }: SqliteFailure): boolean {
  return primary(code) === FULL;
}

/** True when the failure of a group may be that of one statement in it: each is then tried alone. */
export function concernsOneStatement(failure: SqliteFailure): boolean {
  return isFull(failure) || isHarmless(failure);
}

/** True when only the statement failed, and what the transaction did before it is intact. */
export function isHarmless({ code }: SqliteFailure): boolean {
  return harmless.has(primary(code));
}

function primary(code: number): number {
  return code & 0xff;
}

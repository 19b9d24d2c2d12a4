import { DriverAdapterError, type MappedError } from "@prisma/driver-adapter-utils";
import { isLocked, SqliteError } from "../sqlite/failures.ts";

/** Extended result codes of constraints (https://sqlite.org/rescode.html). */
const PRIMARY_KEY = 1555;
const UNIQUE = 2067;
const NOT_NULL = 1299;
const FOREIGN_KEY = 787;

/** Converts an error of SQLite into Prisma's form; returns any other error unchanged. */
export function toDriverError(error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  const original = { originalCode: String(error.code), originalMessage: error.message };
  return new DriverAdapterError({ ...original, ...kindOf(error) });
}

function kindOf(error: SqliteError): MappedError {
  if (isLocked(error)) return { kind: "SocketTimeout" };
  switch (error.code) {
    case PRIMARY_KEY:
    case UNIQUE: {
      const columns = columnsIn(error.message);
      const table = columns[0]?.split(".").slice(0, -1).join(".");
      const fields = columns.map(nameOf);
      return {
        kind: "UniqueConstraintViolation",
        constraint: { fields },
        ...(table ? { table } : {}),
      };
    }
    case NOT_NULL:
      return {
        kind: "NullConstraintViolation",
        constraint: { fields: columnsIn(error.message).map(nameOf) },
      };
    case FOREIGN_KEY:
      return { kind: "ForeignKeyConstraintViolation", constraint: { foreignKey: {} } };
    default:
      return missingName(error.message) ?? sqliteKind(error);
  }
}

function sqliteKind({ code, message }: SqliteError): MappedError {
  return { kind: "sqlite", extendedCode: code, message };
}

function missingName(message: string): MappedError | null {
  const table = /^no such table: (.+)/.exec(message)?.[1];
  if (table !== undefined) return { kind: "TableDoesNotExist", table };
  const column = /(?:^no such column: |has no column named )(.+)/.exec(message)?.[1];
  return column === undefined ? null : { kind: "ColumnNotFound", column };
}

/** "UNIQUE constraint failed: User.email, User.name" names `User.email` and `User.name`. */
function columnsIn(message: string): string[] {
  return message.split("constraint failed: ")[1]?.split(", ") ?? [];
}

function nameOf(column: string): string {
  return column.split(".").pop() ?? column;
}

import {
  type ArgType,
  type ColumnType,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlQuery,
  type SqlResultSet,
} from "@prisma/driver-adapter-utils";
import type { SqliteValue, Statement, StatementResult } from "../sqlite/messages.ts";

/** Prisma's column types by declared type: those that Prisma's own migrations declare, and storage classes. */
const columnTypes = new Map<string, ColumnType>([
  ["INTEGER", ColumnTypeEnum.Int32],
  ["INT", ColumnTypeEnum.Int32],
  ["BIGINT", ColumnTypeEnum.Int64],
  ["REAL", ColumnTypeEnum.Double],
  ["DECIMAL", ColumnTypeEnum.Numeric],
  ["DATETIME", ColumnTypeEnum.DateTime],
  ["TEXT", ColumnTypeEnum.Text],
  ["BLOB", ColumnTypeEnum.Bytes],
  ["BOOLEAN", ColumnTypeEnum.Boolean],
  ["JSONB", ColumnTypeEnum.Json],
]);

/** The LIKE patterns in Prisma's statements: `?`, or a concatenation such as `('%' || ? || '%')`. */
const patterns = / LIKE (?:\?|\([^()]*\))/g;

/**
 * The statement of a query of Prisma's. Throws a `DriverAdapterError` (INVALID_INPUT to the client) for
 * a text with U+0000: SQLite's functions cut it there, and PostgreSQL refuses it too. In a LIKE pattern
 * `\` is the escape character, as in PostgreSQL; SQLite has none unless the statement names it.
 */
export function toStatement(query: SqlQuery, want: Statement["want"]): Statement {
  const { args, argTypes } = query;
  const sql = query.sql.replace(patterns, "$& ESCAPE '\\'");
  return { sql, want, args: args.map((arg, index) => toValue(arg, argTypes[index]?.scalarType)) };
}

function toValue(arg: unknown, type: ArgType["scalarType"] | undefined): SqliteValue {
  if (typeof arg === "string") return fromText(arg, type);
  if (typeof arg === "boolean") return arg ? 1 : 0;
  if (typeof arg === "number" || typeof arg === "bigint") return arg;
  if (arg === null || arg === undefined) return null;
  if (arg instanceof Date) return timeOf(arg);
  // A view of a larger buffer would be posted with all of it.
  if (arg instanceof Uint8Array) return Uint8Array.from(arg);
  throw new TypeError(`SQLite has no type for a parameter of type ${typeof arg}.`);
}

function fromText(text: string, type: ArgType["scalarType"] | undefined): SqliteValue {
  switch (type) {
    case "bigint":
      return BigInt(text);
    case "decimal":
      return Number.parseFloat(text);
    case "datetime":
      return timeOf(new Date(text));
    case "bytes":
      return Uint8Array.from(Buffer.from(text, "base64"));
    default:
      if (!text.includes("\u0000")) return text;
      throw new DriverAdapterError({
        kind: "InvalidInputValue",
        message: "A text must not contain the character U+0000.",
      });
  }
}

/** The text in which Prisma stores times: comparing texts compares times. */
export function timeOf(date: Date): string {
  return date.toISOString().replace("Z", "+00:00");
}

/** A result as Prisma reads it. */
export function toResultSet({ columns, types, rows }: StatementResult): SqlResultSet {
  // A column without any value has no storage class, and every type fits.
  const known = types.map(
    (type) => columnTypes.get((type ?? "INTEGER").toUpperCase()) ?? ColumnTypeEnum.Text,
  );
  return {
    columnNames: [...columns],
    columnTypes: known,
    rows: rows.map((row) => row.map((value) => (typeof value === "bigint" ? `${value}` : value))),
  };
}

import type { SqliteValue, StatementResult } from "./messages.ts";

/**
 * Values as the binding takes them. Whole numbers become bigints: the binding would bind a number as
 * REAL, and `typeof` would show it.
 */
export function toParameters(args: readonly SqliteValue[]): SqliteValue[] {
  return args.map((arg) => (Number.isSafeInteger(arg) ? BigInt(arg as number) : arg));
}

/**
 * Rows as they are posted to another thread. Integers arrive as bigints and leave as numbers where a
 * number is exact. A column without a declared type gets the storage class of its first value.
 */
export function fromColumns(
  declared: readonly (string | null)[],
  rows: readonly unknown[][],
): Pick<StatementResult, "types" | "rows"> {
  const types = declared.map((type, column) => type ?? storageClass(rows, column));
  for (const row of rows) {
    for (let column = 0; column < row.length; column += 1) {
      const value = row[column];
      if (typeof value === "bigint") row[column] = toNumber(value);
    }
  }
  return { types, rows: rows as SqliteValue[][] };
}

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function storageClass(rows: readonly unknown[][], column: number): string | null {
  const value = rows.find((row) => row[column] !== null)?.[column];
  switch (typeof value) {
    case "bigint":
      return "BIGINT";
    case "number":
      return "REAL";
    case "string":
      return "TEXT";
    case "object":
      return "BLOB";
    default:
      return null;
  }
}

import type { SqliteValue } from "../../src/adapters/sqlite/messages.ts";
import type { BootedApp } from "./boot-app.ts";
import { databaseOf, tellForeignEdit } from "./foreign-edits.ts";
import { runSql } from "./run-sql.ts";

/** A value as Prisma keeps it in SQLite: times as text, truth as 0 or 1. */
export type Cell = SqliteValue | Date | boolean;

/**
 * Changes a row without the service's knowledge, as a crash, an older build or a hostile disk could. The
 * application may be running but must be idle.
 */
export async function editRecords(
  dataDir: string,
  table: "ChunkedUpload" | "ApiToken" | "OutboxEntry" | "User",
  edit: { readonly id: string; readonly set: Readonly<Record<string, Cell>> },
): Promise<void> {
  const columns = Object.keys(edit.set);
  const values = Object.values(edit.set);
  const url = databaseOf(dataDir);
  const isSqlite = url.startsWith("file:");
  const assigned = columns.map((name, n) => `"${name}" = ${isSqlite ? "?" : `$${n + 1}`}`);
  const sql = `UPDATE "${table}" SET ${assigned.join(", ")} WHERE "id" = '${edit.id}' RETURNING "id"`;
  const changed = await runSql(url, sql, values.map(isSqlite ? toSqlite : toPostgres));
  tellForeignEdit(dataDir);
  if (changed.length !== 1) throw new Error(`${changed.length} rows of ${table} have ${edit.id}.`);
}

/** One column of an upload's row. */
export async function readColumn(dataDir: string, id: string, column: string): Promise<unknown> {
  const sql = `SELECT "${column}" FROM "ChunkedUpload" WHERE "id" = '${id}'`;
  return (await runSql(databaseOf(dataDir), sql))[0]?.[column];
}

/** Makes an upload old enough to have expired an hour ago. */
export function expire(app: Pick<BootedApp, "dataDir">, id: string): Promise<void> {
  const expiresAt = new Date(Date.now() - 3_600_000);
  return editRecords(app.dataDir, "ChunkedUpload", { id, set: { expiresAt } });
}

function toSqlite(value: Cell): SqliteValue {
  if (value instanceof Date) return value.toISOString().replace("Z", "+00:00");
  return typeof value === "boolean" ? Number(value) : value;
}

/** Times have no zone: they are in UTC. */
function toPostgres(value: Cell): unknown {
  return value instanceof Date ? value.toISOString().replace("Z", "") : value;
}

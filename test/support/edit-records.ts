import type { SqliteValue } from "../../src/adapters/sqlite/messages.ts";
import type { BootedApp } from "./boot-app.ts";
import { tellForeignEdit } from "./foreign-edits.ts";
import { openSqliteFile } from "./sqlite-file.ts";

/** A value as Prisma keeps it in SQLite: times as text, truth as 0 or 1. */
export type Cell = SqliteValue | Date | boolean;

/**
 * Changes rows behind the service's back, as a crash, an older build or a hostile disk could leave
 * them. SQLite only; the application may be running but must be idle.
 */
export async function editRecords(
  dataDir: string,
  table: "ChunkedUpload" | "ApiToken" | "OutboxEntry" | "User",
  edit: { readonly id: string; readonly set: Readonly<Record<string, Cell>> },
): Promise<void> {
  const file = openSqliteFile(`${dataDir}/database.db`);
  try {
    const columns = Object.keys(edit.set).map((name) => `"${name}" = ?`);
    const update = file.prepare(`UPDATE "${table}" SET ${columns.join(", ")} WHERE "id" = ?`);
    const { changes } = update.run(...Object.values(edit.set).map(toCell), edit.id);
    tellForeignEdit(dataDir);
    if (changes !== 1) throw new Error(`${changes} rows of ${table} have ${edit.id}.`);
  } finally {
    file.close();
  }
}

/** One column of an upload's row. */
export async function readColumn(dataDir: string, id: string, column: string): Promise<unknown> {
  const file = openSqliteFile(`${dataDir}/database.db`);
  try {
    return file.prepare(`SELECT "${column}" FROM "ChunkedUpload" WHERE "id" = ?`).get(id)?.[column];
  } finally {
    file.close();
  }
}

/** Makes an upload old enough to have expired an hour ago. */
export function expire(app: Pick<BootedApp, "dataDir">, id: string): Promise<void> {
  const expiresAt = new Date(Date.now() - 3_600_000);
  return editRecords(app.dataDir, "ChunkedUpload", { id, set: { expiresAt } });
}

function toCell(value: Cell): SqliteValue {
  if (value instanceof Date) return value.toISOString().replace("Z", "+00:00");
  return typeof value === "boolean" ? Number(value) : value;
}

import { createClient, type InValue } from "@libsql/client";
import type { BootedApp } from "./boot-app.ts";
import { tellForeignEdit } from "./foreign-edits.ts";

/** A value as Prisma keeps it in SQLite: times as text, truth as 0 or 1. */
export type Cell = InValue | Date | boolean;

/**
 * Changes rows behind the service's back, as a crash, an older build or a hostile disk could leave
 * them. SQLite only; the application may be running but must be idle.
 */
export async function editRecords(
  dataDir: string,
  table: "ChunkedUpload" | "ApiToken" | "OutboxEntry" | "User",
  edit: { readonly id: string; readonly set: Readonly<Record<string, Cell>> },
): Promise<void> {
  const client = createClient({ url: `file:${dataDir}/database.db`, timeout: 5_000 });
  try {
    const columns = Object.keys(edit.set).map((name) => `"${name}" = ?`);
    const { rowsAffected } = await client.execute({
      sql: `UPDATE "${table}" SET ${columns.join(", ")} WHERE "id" = ?`,
      args: [...Object.values(edit.set).map(toCell), edit.id],
    });
    tellForeignEdit(dataDir);
    if (rowsAffected !== 1) throw new Error(`${rowsAffected} rows of ${table} have ${edit.id}.`);
  } finally {
    client.close();
  }
}

/** One column of an upload's row. */
export async function readColumn(dataDir: string, id: string, column: string): Promise<unknown> {
  const client = createClient({ url: `file:${dataDir}/database.db`, timeout: 5_000 });
  try {
    const { rows } = await client.execute({
      sql: `SELECT "${column}" FROM "ChunkedUpload" WHERE "id" = ?`,
      args: [id],
    });
    return rows[0]?.[column];
  } finally {
    client.close();
  }
}

/** Makes an upload old enough to have expired an hour ago. */
export function expire(app: Pick<BootedApp, "dataDir">, id: string): Promise<void> {
  const expiresAt = new Date(Date.now() - 3_600_000);
  return editRecords(app.dataDir, "ChunkedUpload", { id, set: { expiresAt } });
}

function toCell(value: Cell): InValue {
  if (value instanceof Date) return value.toISOString().replace("Z", "+00:00");
  return typeof value === "boolean" ? Number(value) : value;
}

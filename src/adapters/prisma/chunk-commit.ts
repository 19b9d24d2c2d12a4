import type { UploadChanges } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import type { SqliteValue, Statement } from "../sqlite/messages.ts";
import type { Sqlite } from "../sqlite/sqlite.ts";
import { toDriverError } from "./sqlite-errors.ts";
import { timeOf } from "./sqlite-values.ts";
import { toRowChanges } from "./upload-row.ts";

/** What the commit of a chunk changes. No column holds text of a client. */
const columns: ReadonlySet<keyof UploadChanges> = new Set([
  ...(["offset", "beyond", "size", "storeState", "expiresAt"] as const),
  ...(["digestOffset", "digestState"] as const),
]);

/** Whether `commitChunk` can make the changes. */
export function isChunkCommit(changes: UploadChanges): boolean {
  return Object.keys(changes).every((name) => columns.has(name as keyof UploadChanges));
}

/**
 * The commit of a chunk as one statement to SQLite. Prisma would take longer to write the statement and
 * to read its result than SQLite takes to run it. Stores what Prisma stores. Returns false if the record
 * no longer has `upload.version`. Throws what Prisma's adapter throws.
 */
export async function commitChunk(
  sqlite: Sqlite,
  upload: Upload,
  { changes, updatedAt }: { changes: UploadChanges; updatedAt: Date },
): Promise<boolean> {
  const data = { ...toRowChanges(upload, changes), version: upload.version + 1, updatedAt };
  const set = Object.entries(data).filter(([, value]) => value !== undefined);
  const assignments = set.map(([name]) => `"${name}" = ?`).join(", ");
  const statement: Statement = {
    sql: `UPDATE "ChunkedUpload" SET ${assignments} WHERE "id" = ? AND "version" = ?`,
    args: [...set.map(([, value]) => toValue(value)), upload.id, upload.version],
    want: "changes",
  };
  const { changes: count } = await sqlite.write(statement).catch((error: unknown) => {
    throw toDriverError(error);
  });
  return count > 0;
}

function toValue(value: unknown): SqliteValue {
  if (value === null || typeof value === "number" || typeof value === "bigint") return value;
  if (value instanceof Date) return timeOf(value);
  if (value instanceof Uint8Array) return value;
  return JSON.stringify(value);
}

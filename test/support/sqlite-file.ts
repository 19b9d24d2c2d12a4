import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { loadSqlite } from "../../src/adapters/sqlite/binding.ts";

const { DatabaseSync } = await loadSqlite();

/**
 * A connection to a SQLite file, of the same copy of SQLite as the service has in this process: two
 * copies on one file would release each other's locks.
 */
export function openSqliteFile(path: string): DatabaseSyncInstance {
  return new DatabaseSync(path, { timeout: 5_000 });
}

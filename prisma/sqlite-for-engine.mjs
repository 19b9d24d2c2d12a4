// Opens an empty in-memory SQLite database for Prisma's schema engine with our driver adapter.
import { tsImport } from "tsx/esm/api";

/** The caller must call `close`. */
export async function openSqliteForEngine() {
  const load = (name) => tsImport(`../src/adapters/${name}.ts`, import.meta.url);
  const { openSqlite } = await load("sqlite/sqlite");
  const { createSqliteAdapter } = await load("prisma/sqlite-adapter");
  const sqlite = await openSqlite(":memory:");
  const adapter = createSqliteAdapter(sqlite, sqlite.read);
  const migrationAware = { ...adapter, connectToShadowDb: adapter.connect };
  return { sqlite, adapter: migrationAware, close: sqlite.close };
}

import type { DatabaseSyncInstance, DatabaseSyncOptions } from "@photostructure/sqlite";

/** A SQLite library with the API of `node:sqlite`. */
export interface SqliteBinding {
  readonly DatabaseSync: new (path: string, options?: DatabaseSyncOptions) => DatabaseSyncInstance;
}

/**
 * The oldest usable SQLite. Up to 3.51.2 a WAL reset can lose committed writes when another process
 * checkpoints at the same moment (https://sqlite.org/wal.html#walresetbug).
 */
const OLDEST_VERSION = "3.51.3";

/** `node:sqlite` is used from this major version of Node on. */
const BUILT_IN_SINCE = 24;

/**
 * Loads SQLite: the copy in Node itself, or `@photostructure/sqlite` where Node has none or an old
 * one. Every connection of this process must come from here: POSIX file locks belong to the process,
 * so two copies of SQLite on one file release each other's locks.
 */
export async function loadSqlite(): Promise<SqliteBinding> {
  const { sqlite = "0", node } = process.versions;
  if (Number.parseInt(node, 10) >= BUILT_IN_SINCE && isUsable(sqlite)) {
    const builtIn = process.getBuiltinModule("node:sqlite" as "node:fs") as unknown;
    if (builtIn !== undefined) return builtIn as SqliteBinding;
  }
  return (await import("@photostructure/sqlite")) as SqliteBinding;
}

/** Throws an Error when a connection's SQLite is older than 3.51.3. */
export function requireUsableVersion(version: string): void {
  if (isUsable(version)) return;
  throw new Error(`SQLite ${OLDEST_VERSION} or newer is required; this is ${version}.`);
}

function isUsable(version: string): boolean {
  return version.localeCompare(OLDEST_VERSION, "en", { numeric: true }) >= 0;
}

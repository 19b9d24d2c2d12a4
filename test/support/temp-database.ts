import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import { rememberRecords } from "../../src/adapters/memory/remembering-database.ts";
import { migrate } from "../../src/adapters/prisma/migrate.ts";
import { type Database, openDatabase } from "../../src/adapters/prisma/open-database.ts";
import type { Logger } from "../../src/core/ports/system.ts";

/** A database of a test's own, gone when disposed of. `url` is "" for one in memory. */
export interface TempDatabase extends Database, AsyncDisposable {
  readonly url: string;
}

/** Makes a new empty database; what a contract suite is run on. */
export type MakeDatabase = () => Promise<TempDatabase>;

/** The `prisma` folder, whose migrations are applied. */
export const prismaDirectory = join(import.meta.dirname, "../../prisma");

export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Records in memory. */
export async function memoryDatabase(): Promise<TempDatabase> {
  const { randomUUID } = await import("node:crypto");
  const database = createMemoryDatabase({
    clock: { now: () => new Date(), sleep: async () => {}, turn: async () => {} },
    ids: { newId: () => randomUUID() },
  });
  return {
    ...database,
    openings: null,
    copyTo: null,
    url: "",
    [Symbol.asyncDispose]: () => database.close(),
  };
}

/** A migrated SQLite file in a folder of its own. */
export async function sqliteDatabase(): Promise<TempDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "records-"));
  return migratedDatabase(`file:${join(folder, "records.db")}`, () =>
    rm(folder, { recursive: true, force: true }),
  );
}

/** The same, with what was read last kept in memory, as the server has it. */
export async function rememberedDatabase(): Promise<TempDatabase> {
  return rememberRecords(await sqliteDatabase()).database;
}

/** Migrates and opens a database; `remove` takes it away in the end. */
export async function migratedDatabase(
  url: string,
  remove: () => Promise<void>,
): Promise<TempDatabase> {
  try {
    await migrate({ url, directory: prismaDirectory, log: silentLog });
    const database = await openDatabase({ url, log: silentLog });
    const dispose = async () => {
      await database.close();
      await remove();
    };
    return { ...database, url, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await remove();
    throw error;
  }
}

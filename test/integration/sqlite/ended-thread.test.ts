import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { migrate } from "../../../src/adapters/prisma/migrate.ts";
import { openDatabase } from "../../../src/adapters/prisma/open-database.ts";
import { openSqlite, statementOf } from "../../../src/adapters/sqlite/sqlite.ts";
import { isUploadError } from "../../../src/core/errors.ts";
import { secondProcess } from "../../support/second-process.ts";
import { workersOf } from "../../support/sqlite-workers.ts";
import { prismaDirectory, silentLog } from "../../support/temp-database.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { uploadRecord } from "../../support/upload-record.ts";

/**
 * Makes an exception end the thread: a request without a task is a mistake that it does not checkAppend.
 * (`terminate()` during a statement would abort the process, see docs/decisions/sqlite-binding.md.)
 */
function endThread(worker: Worker | undefined): void {
  worker?.postMessage({ id: 0, task: null, deadline: 0 });
}

/** A database whose first worker is the thread that writes. */
async function migratedDatabase() {
  const directory = await tempDirectory();
  const path = join(directory.path, "records.db");
  const url = `file:${path}`;
  await migrate({ url, directory: prismaDirectory, log: silentLog });
  const opened = await workersOf(async () => {
    const database = await openDatabase({ url, log: silentLog });
    await database.uploads.insert(uploadRecord({ id: randomUUID() }));
    return database;
  });
  return {
    path,
    database: opened.value,
    writer: opened.workers[0],
    async [Symbol.asyncDispose]() {
      await opened.value.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

describe("a SQLite thread that ends unexpectedly", () => {
  it("fails pending writes as UNAVAILABLE, loses no acknowledged one, and is replaced", async () => {
    await using file = await migratedDatabase();
    const { database } = file;
    const acknowledged = new Set<string>();
    const problems: unknown[] = [];
    const insert = async () => {
      const { id } = uploadRecord({ id: randomUUID() });
      try {
        await database.uploads.insert(uploadRecord({ id }));
        acknowledged.add(id);
        if (acknowledged.size === 100) endThread(file.writer);
      } catch (error) {
        problems.push(isUploadError(error) ? error.code : error);
      }
    };
    const insertUntilOneFails = async () => {
      while (problems.length === 0) await insert();
    };
    await Promise.all(Array.from({ length: 64 }, insertUntilOneFails));
    expect(acknowledged.size).toBeGreaterThanOrEqual(100);
    expect(new Set(problems)).toEqual(new Set(["UNAVAILABLE"]));
    const failed = problems.length;
    for (let n = 0; n < 20; n += 1) await insert();
    expect(problems).toHaveLength(failed);
    await using other = await secondProcess(file.path);
    const rows = await other.run(`SELECT "id" FROM "ChunkedUpload"`);
    const kept = new Set(rows.map(({ id }) => id));
    expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
    expect(await other.run("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  });

  it("rolls an open transaction back, and leaves no lock behind", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "records.db");
    const { value: sqlite, workers } = await workersOf(() => openSqlite(path));
    const insert = (id: number) => statementOf("INSERT INTO t VALUES (?)", id);
    await sqlite.script("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    await sqlite.write(insert(1));
    const transaction = await sqlite.begin();
    await transaction.run(insert(2));
    const waiting = sqlite.write(insert(3));
    endThread(workers[0]);
    await expect(waiting).rejects.toMatchObject({ code: 10 });
    await sqlite.write(insert(4));
    await expect(transaction.run(insert(5))).rejects.toThrow("no longer open");
    await expect(transaction.commit()).rejects.toThrow("no longer open");
    await transaction.rollback();
    const { rows } = await sqlite.read(statementOf("SELECT id FROM t ORDER BY id"));
    expect(rows).toEqual([[1], [4]]);
    await using other = await secondProcess(path);
    await other.run("BEGIN IMMEDIATE");
    await other.run("ROLLBACK");
    await sqlite.close();
  });

  it("fails pending reads, and the next read runs on a new thread", async () => {
    await using directory = await tempDirectory();
    const sqlite = await openSqlite(join(directory.path, "records.db"));
    const { workers } = await workersOf(() => sqlite.read(statementOf("SELECT 1")));
    endThread(workers[0]);
    const reading = [1, 2].map((n) => sqlite.read(statementOf("SELECT ?", n)));
    for (const read of reading) await expect(read).rejects.toMatchObject({ code: 10 });
    expect((await sqlite.read(statementOf("SELECT 3"))).rows).toEqual([[3]]);
    await sqlite.close();
  });
});

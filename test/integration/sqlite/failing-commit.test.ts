import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { openSqlite, statementOf } from "../../../src/adapters/sqlite/sqlite.ts";
import { secondProcess } from "../../support/second-process.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const run = promisify(execFile);
const limitFiles = (size: string) => run("prlimit", [`--pid=${process.pid}`, `--fsize=${size}:`]);

/** SQLITE_IOERR or one of its extended codes. With a write-ahead log, pages are written by COMMIT. */
const ioError = {
  code: expect.toSatisfy((code: number) => (code & 0xff) === 10),
  message: "disk I/O error",
};

it("acknowledges nothing of a COMMIT that fails with an I/O error, and goes on afterwards", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "records.db");
  const sqlite = await openSqlite(path);
  await sqlite.script("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  const insert = (id: number) => sqlite.write(statementOf("INSERT INTO t VALUES (?)", id));
  await insert(1);
  const failed = { status: "rejected", reason: ioError };
  const withoutRoom = async (work: () => Promise<void>) => {
    await limitFiles(String((await stat(`${path}-wal`)).size));
    await work().finally(() => limitFiles("unlimited"));
  };
  await withoutRoom(async () => {
    const group = await Promise.allSettled([2, 3, 4].map(insert));
    expect(group).toMatchObject([failed, failed, failed]);
  });
  await insert(5);
  const transaction = await sqlite.begin();
  await transaction.run(statementOf("INSERT INTO t VALUES (?)", 6));
  await withoutRoom(() => expect(transaction.commit()).rejects.toMatchObject(ioError));
  await insert(7);
  await using other = await secondProcess(path);
  expect(await other.run("SELECT id FROM t ORDER BY id")).toEqual([
    { id: 1 },
    { id: 5 },
    { id: 7 },
  ]);
  expect(await other.run("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  await sqlite.close();
});

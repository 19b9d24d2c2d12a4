import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isLocked, type SqliteError } from "../../../src/adapters/sqlite/failures.ts";
import type { SqliteValue, Statement } from "../../../src/adapters/sqlite/messages.ts";
import { openSqlite, type Sqlite, statementOf } from "../../../src/adapters/sqlite/sqlite.ts";
import { secondProcess } from "../../support/second-process.ts";
import { openSqliteFile } from "../../support/sqlite-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

async function opened() {
  const directory = await tempDirectory();
  const path = join(directory.path, "records.db");
  const sqlite = await openSqlite(path);
  await sqlite.script("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE)");
  return {
    sqlite,
    path,
    async [Symbol.asyncDispose]() {
      await sqlite.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const insert = (id: number, v: SqliteValue = `v${id}`): Statement => ({
  sql: "INSERT INTO t VALUES (?, ?)",
  args: [id, v],
  want: "changes",
});
const count = statementOf("SELECT count(*) FROM t");
const countIn = async (sqlite: Sqlite) => (await sqlite.read(count)).rows[0]?.[0];
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: SqliteError) => error,
  );

describe("a SQLite file on threads", () => {
  it("commits what waits at the same moment, and undoes only the statement that fails", async () => {
    await using file = await opened();
    await file.sqlite.write(insert(1, "taken"));
    const ids = Array.from({ length: 300 }, (_, index) => index + 2);
    const results = await Promise.allSettled(
      ids.map((id) => file.sqlite.write(insert(id, id % 10 === 0 ? "taken" : `v${id}`))),
    );
    const refused = ids.filter((_, index) => results[index]?.status === "rejected");
    expect(refused).toEqual(ids.filter((id) => id % 10 === 0));
    await using other = await secondProcess(file.path);
    const rows = await other.run("SELECT id FROM t WHERE id > 1 ORDER BY id");
    expect(rows.map(({ id }) => id)).toEqual(ids.filter((id) => id % 10 !== 0));
  });

  it("shows an acknowledged write to every connection at once", async () => {
    await using file = await opened();
    await using other = await secondProcess(file.path);
    for (let id = 1; id <= 50; id += 1) {
      await file.sqlite.write(insert(id));
      expect(await countIn(file.sqlite)).toBe(id);
      expect((await file.sqlite.readLong(count)).rows).toEqual([[id]]);
      expect(await other.run("SELECT count(*) AS n FROM t")).toEqual([{ n: id }]);
    }
  });

  it("isolates a transaction: no other statement gets the lock between BEGIN and COMMIT", async () => {
    await using file = await opened();
    await using other = await secondProcess(file.path);
    const transaction = await file.sqlite.begin();
    await transaction.run(insert(1));
    await expect(other.run("BEGIN IMMEDIATE")).rejects.toThrow("locked");
    const later = file.sqlite.write(insert(2));
    expect(await countIn(file.sqlite)).toBe(0);
    await transaction.commit();
    await later;
    expect(await other.run("SELECT count(*) AS n FROM t")).toEqual([{ n: 2 }]);
  });

  it("ends a transaction by its commit or rollback, and refuses what comes later", async () => {
    await using file = await opened();
    const transaction = await file.sqlite.begin();
    await transaction.run(insert(1));
    expect(await failure(transaction.run(insert(1)))).toMatchObject({ code: 1555 });
    await transaction.rollback();
    await transaction.rollback();
    expect(await failure(transaction.run(insert(3)))).not.toBeNull();
    expect(await failure(transaction.commit())).not.toBeNull();
    await file.sqlite.write(insert(4));
    expect(await countIn(file.sqlite)).toBe(1);
  });

  it("writes between the short locks of another process without losing one", async () => {
    await using file = await opened();
    await using other = await secondProcess(file.path);
    let writing = true;
    const locker = async () => {
      while (writing) {
        const got = await failure(other.run("BEGIN IMMEDIATE"));
        if (got === null) await other.run("COMMIT");
      }
    };
    const locking = locker();
    const ids = Array.from({ length: 200 }, (_, index) => index + 1);
    await Promise.all(
      ids.map(async (id) => {
        if (id % 5 !== 0) return file.sqlite.write(insert(id));
        const transaction = await file.sqlite.begin();
        await transaction.run(insert(id));
        await transaction.commit();
      }),
    );
    writing = false;
    await locking;
    expect(await other.run("SELECT count(*) AS n FROM t")).toEqual([{ n: ids.length }]);
  });

  it("reads on while another process holds the lock, and reports the lock after 5 s", async () => {
    await using file = await opened();
    await using other = await secondProcess(file.path);
    await other.run("BEGIN IMMEDIATE");
    let refused: SqliteError | null = null;
    const write = failure(file.sqlite.write(insert(1))).then((error) => {
      refused = error;
    });
    let reads = 0;
    while (refused === null) {
      expect(await countIn(file.sqlite)).toBe(0);
      reads += 1;
    }
    await write;
    expect(isLocked(refused)).toBe(true);
    expect(reads).toBeGreaterThan(20);
    await other.run("COMMIT");
    await file.sqlite.write(insert(1));
    expect(await other.run("SELECT count(*) AS n FROM t")).toEqual([{ n: 1 }]);
  });

  it("answers short reads and writes while a long read runs", async () => {
    await using file = await opened();
    let ended = false;
    const long = file.sqlite
      .readLong(
        statementOf(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) SELECT max(i) FROM n",
        ),
      )
      .then(({ rows }) => {
        ended = true;
        return rows;
      });
    await file.sqlite.write(insert(1));
    expect(await countIn(file.sqlite)).toBe(1);
    expect((await file.sqlite.readLong(count)).rows).toEqual([[1]]);
    expect(ended).toBe(false);
    expect(await long).toEqual([[5_000_000]]);
  });

  it("writes nothing on a connection for reads", async () => {
    await using file = await opened();
    expect(await failure(file.sqlite.read(insert(1)))).toMatchObject({ code: 8 });
    expect(await countIn(file.sqlite)).toBe(0);
  });

  it("keeps every kind of value", async () => {
    await using file = await opened();
    await file.sqlite.script("CREATE TABLE kinds (a BIGINT, b TEXT, c BLOB, d REAL)");
    const rows: SqliteValue[][] = [
      [2 ** 53 - 1, "a 'quoted' ü 🙂", Uint8Array.of(0, 255, 3), 1.5],
      [2n ** 63n - 1n, "", new Uint8Array(100_000).fill(7), -1e300],
      [-(2n ** 63n), null, null, null],
    ];
    for (const args of rows) {
      await file.sqlite.write({ sql: "INSERT INTO kinds VALUES (?, ?, ?, ?)", args, want: "rows" });
    }
    const read = await file.sqlite.read(statementOf("SELECT *, a IS NULL AS e FROM kinds"));
    expect(read.columns).toEqual(["a", "b", "c", "d", "e"]);
    expect(read.types).toEqual(["BIGINT", "TEXT", "BLOB", "REAL", "BIGINT"]);
    expect(read.rows).toEqual(rows.map((row) => [...row, 0]));
  });

  it("keeps nothing of a script that fails, and goes on with foreign keys", async () => {
    await using file = await opened();
    const script =
      "PRAGMA foreign_keys = OFF; BEGIN; INSERT INTO t VALUES (1, 'a'); SELECT nothing;";
    expect(await failure(file.sqlite.script(script))).not.toBeNull();
    expect(
      await failure(file.sqlite.script("BEGIN; INSERT INTO t VALUES (2, 'b');")),
    ).not.toBeNull();
    expect(await countIn(file.sqlite)).toBe(0);
    const [on] = (await file.sqlite.write(statementOf("PRAGMA foreign_keys"))).rows;
    expect(on).toEqual([1]);
  });
});

describe("opening and closing a SQLite file", () => {
  it("waits for another process that has the whole file", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "records.db");
    await using other = await secondProcess(path);
    await other.run("CREATE TABLE t (id INTEGER)");
    await other.run("BEGIN EXCLUSIVE");
    const opening = openSqlite(path);
    await other.run("INSERT INTO t VALUES (1)");
    await other.run("COMMIT");
    const sqlite = await opening;
    expect(await countIn(sqlite)).toBe(1);
    await sqlite.close();
  });

  it("refuses what is no database, and a folder that is not there", async () => {
    await using directory = await tempDirectory();
    await expect(openSqlite(join(directory.path, "none", "records.db"))).rejects.toThrow();
    const path = join(directory.path, "text.db");
    await copyFile(import.meta.filename, path);
    await expect(openSqlite(path)).rejects.toThrow("not a database");
  });

  it("leaves the file alone complete, without its write-ahead log", async () => {
    await using file = await opened();
    for (let id = 1; id <= 20; id += 1) await file.sqlite.write(insert(id));
    expect(existsSync(`${file.path}-wal`)).toBe(true);
    expect(await countIn(file.sqlite)).toBe(20);
    await file.sqlite.close();
    expect(existsSync(`${file.path}-wal`)).toBe(false);
    await copyFile(file.path, `${file.path}.alone`);
    const alone = openSqliteFile(`${file.path}.alone`);
    expect(alone.prepare("SELECT count(*) AS n FROM t").all()).toEqual([{ n: 20 }]);
    alone.close();
    expect(await failure(file.sqlite.write(insert(21)))).toMatchObject({ code: 21 });
  });

  it("finishes what was asked before it closes", async () => {
    await using file = await opened();
    const written = Array.from({ length: 100 }, (_, id) => file.sqlite.write(insert(id)));
    await file.sqlite.close();
    await Promise.all(written);
    await using other = await secondProcess(file.path);
    expect(await other.run("SELECT count(*) AS n FROM t")).toEqual([{ n: 100 }]);
  });

  it("copies a consistent state while writes go on", async () => {
    await using file = await opened();
    await file.sqlite.write(insert(0));
    let writing = true;
    const writer = async () => {
      for (let id = 1; writing; id += 1) await file.sqlite.write(insert(id));
    };
    const written = writer();
    const target = `${file.path}.copy`;
    await file.sqlite.copyTo(target);
    writing = false;
    await written;
    const copy = openSqliteFile(target);
    expect(copy.prepare("SELECT count(*) - max(id) AS n FROM t").all()).toEqual([{ n: 1 }]);
    expect(copy.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    copy.close();
    expect(await failure(file.sqlite.copyTo(target))).not.toBeNull();
  });
});

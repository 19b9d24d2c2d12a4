import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { commitProof } from "../../../src/server/commit-proof.ts";
import { bootApp } from "../../support/boot-app.ts";
import { secondProcess } from "../../support/second-process.ts";
import { openSqliteFile } from "../../support/sqlite-file.ts";
import { sqliteDatabase } from "../../support/temp-database.ts";

/** Changes a row behind each acknowledged write of it, as a commit that is lost would. */
const losing = (operation: "INSERT" | "UPDATE") =>
  `CREATE TRIGGER "lose_${operation}" AFTER ${operation} ON "DatabaseFact" WHEN NEW."key" = 'ready'
   BEGIN UPDATE "DatabaseFact" SET "value" = 'lost' WHERE "key" = 'ready'; END`;

describe("/api/ready on SQLite", () => {
  it("is 503 while acknowledged writes are lost, and 200 afterwards", async () => {
    await using app = await bootApp();
    const ready = async () => (await fetch(`${app.url}/api/ready`)).status;
    await using other = await secondProcess(`${app.dataDir}/database.db`);
    await other.run(losing("INSERT"));
    await other.run(losing("UPDATE"));
    expect(await ready()).toBe(503);
    await other.run(`DROP TRIGGER "lose_INSERT"`);
    await other.run(`DROP TRIGGER "lose_UPDATE"`);
    while ((await ready()) !== 200) await sleep(100);
  });
});

describe("the proof of a commit", () => {
  it("fails while the write is in an open transaction, which only its own connection sees", async () => {
    await using database = await sqliteDatabase();
    const stuck = openSqliteFile(database.url.slice("file:".length));
    const insert = stuck.prepare(
      `INSERT OR REPLACE INTO "DatabaseFact" VALUES (?, ?, '2026-01-01T00:00:00.000+00:00')`,
    );
    const prove = commitProof({
      facts: { write: async (key, value) => void insert.run(key, value) },
      readBack: database.facts.read,
      name: "one",
    });
    stuck.exec("BEGIN");
    await expect(prove()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    stuck.exec("COMMIT");
    await prove();
    stuck.close();
  });

  it("does not take what another process, or an earlier proof, wrote for its own", async () => {
    await using database = await sqliteDatabase();
    const { facts } = database;
    const kept = { write: async () => undefined };
    await commitProof({ facts, readBack: facts.read, name: "another" })();
    const prove = commitProof({ facts: kept, readBack: facts.read, name: "one" });
    await expect(prove()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await facts.write("ready", "one:1");
    await expect(prove()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

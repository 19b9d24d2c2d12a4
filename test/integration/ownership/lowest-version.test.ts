import path from "node:path";
import { describe, expect, it } from "vitest";
import { CODE_VERSION, isTooOld, requireVersion } from "../../../src/server/code-version.ts";
import { freshPostgres, postgresUrl } from "../../support/postgres.ts";
import { runSql } from "../../support/run-sql.ts";
import { refusalOn, startOn } from "../../support/start-on.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const admin = await postgresUrl();
const databases = ["SQLite", "PostgreSQL"].filter((name) => name === "SQLite" || admin !== null);

describe.each(databases)("the lowest version in a database, on %s", (name) => {
  it("is recorded by a start, and refuses a start of older code", async () => {
    await using directory = await tempDirectory();
    await using fresh = name === "SQLite" ? null : await freshPostgres(admin ?? "");
    const file = `file:${path.join(directory.path, "database.db")}`;
    const on = { dataDir: directory.path, databaseUrl: fresh?.url ?? file };
    const started = await startOn(on);
    await started.close();
    const where = `"key" = 'lowest-version'`;
    const [recorded] = await runSql(
      on.databaseUrl,
      `SELECT "value" FROM "DatabaseFact" WHERE ${where}`,
    );
    expect(recorded?.value).toMatch(/^\d+\.\d+\.\d+$/);
    await runSql(on.databaseUrl, `UPDATE "DatabaseFact" SET "value" = '99.0.0' WHERE ${where}`);
    expect(await refusalOn(on)).toBe(
      `StartError: A newer version has used this database: it needs version 99.0.0 or newer, and this is ${CODE_VERSION}. ` +
        "Install that version, or restore the backup from before the upgrade.",
    );
  });
});

describe("a running instance", () => {
  it.each([
    ["99.0.0", true],
    [CODE_VERSION, false],
    [null, false],
  ])("is too old when the database records %s: %s", async (recorded, expected) => {
    expect(await isTooOld({ read: async () => recorded })).toBe(expected);
  });
});

describe("the comparison of versions", () => {
  const facts = (value: string | null) => {
    const written: string[] = [];
    return {
      written,
      facts: {
        read: async () => value,
        add: async () => true,
        write: async (_: string, next: string) => void written.push(next),
      },
    };
  };

  it("is by number, not by text", async () => {
    const { facts: recorded } = facts("0.9.0");
    await requireVersion(recorded, { running: "0.10.0", lowest: "0.1.0" });
    const { facts: newer } = facts("0.10.0");
    await expect(requireVersion(newer, { running: "0.9.9", lowest: "0.1.0" })).rejects.toThrow();
  });

  it("raises the recorded version, and never lowers it", async () => {
    const older = facts("0.1.0");
    await requireVersion(older.facts, { running: "0.3.0", lowest: "0.2.0" });
    expect(older.written).toEqual(["0.2.0"]);
    const newer = facts("0.3.0");
    await requireVersion(newer.facts, { running: "0.3.1", lowest: "0.2.0" });
    expect(newer.written).toEqual([]);
  });
});

import { copyFile, cp, mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { freshPostgres, postgresUrl } from "../../support/postgres.ts";
import { runSql } from "../../support/run-sql.ts";
import { adoptOn, type DataChoice, refusalOn, startOn } from "../../support/start-on.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { uploadOne } from "../../support/upload-one.ts";

const admin = await postgresUrl();

interface World extends AsyncDisposable {
  readonly folder: string;
  /** A data directory of this name, with the common database. */
  on(name: string): DataChoice;
}

async function onPostgres(): Promise<World> {
  const directory = await tempDirectory();
  const fresh = await freshPostgres(admin ?? "");
  return {
    folder: directory.path,
    on: (name) => ({ dataDir: path.join(directory.path, name), databaseUrl: fresh.url }),
    async [Symbol.asyncDispose]() {
      await fresh[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function onSqlite(): Promise<World> {
  const directory = await tempDirectory();
  const databaseUrl = `file:${path.join(directory.path, "common.db")}`;
  return {
    folder: directory.path,
    on: (name) => ({ dataDir: path.join(directory.path, name), databaseUrl }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const worlds = [
  { name: "PostgreSQL", make: onPostgres },
  { name: "SQLite", make: onSqlite },
].filter(({ name }) => name === "SQLite" || admin !== null);

describe.each(worlds)("a database and its files, on $name", ({ make }) => {
  it("are refused to a second server while the first one runs", async () => {
    await using world = await make();
    await using _first = await startOn(world.on("a"));
    expect(await refusalOn(world.on("b"))).toMatch(
      /^StartError: Another server uses the database \(.*\)\. While files are stored in DATA_DIR/,
    );
  });

  it("are refused with another data directory afterwards, and start again together", async () => {
    await using world = await make();
    await (await startOn(world.on("a"))).close();
    expect(await refusalOn(world.on("b"))).toContain("do not belong together");
    await using again = await startOn(world.on("a"));
    expect(again.migrated).toEqual([]);
  });

  it("are joined by adopt, which parts the database from the files it had", async () => {
    await using world = await make();
    await (await startOn(world.on("a"))).close();
    await adoptOn(world.on("b"));
    await (await startOn(world.on("b"))).close();
    expect(await refusalOn(world.on("a"))).toContain("do not belong together");
  });

  it("start from copies of both, and refuse files beside an empty database", async () => {
    await using world = await make();
    const first = await startOn(world.on("a"));
    await uploadOne(first);
    await first.close();
    await cp(path.join(world.folder, "a/media"), path.join(world.folder, "copy/media"), {
      recursive: true,
    });
    await (await startOn(world.on("copy"))).close();
    const other = { dataDir: path.join(world.folder, "copy") };
    expect(await refusalOn(other)).toContain("the database has no store id");
  });

  it("are given an id when they come from a version that knew none", async () => {
    await using world = await make();
    const first = await startOn(world.on("a"));
    await uploadOne(first);
    await first.close();
    await forgetIdentity(world.on("a"));
    await (await startOn(world.on("a"))).close();
    await forgetIdentity(world.on("a"));
    // The disk with the files is not mounted.
    await rm(path.join(world.folder, "a/media"), { recursive: true });
    expect(await refusalOn(world.on("a"))).toContain("do not belong together");
  });
});

/** As an older version left it: no id anywhere. */
async function forgetIdentity({ dataDir, databaseUrl = "" }: DataChoice): Promise<void> {
  await rm(path.join(dataDir, "media/store-id"));
  await runSql(databaseUrl, `DELETE FROM "DatabaseFact"`);
}

describe("a SQLite file in its data directory", () => {
  it("is refused when it was moved beside other files", async () => {
    await using directory = await tempDirectory();
    const [a, b] = ["a", "b"].map((name) => ({ dataDir: path.join(directory.path, name) }));
    if (a === undefined || b === undefined) throw new Error();
    await (await startOn(a)).close();
    await mkdir(b.dataDir);
    for (const name of await readdir(a.dataDir)) {
      const from = path.join(a.dataDir, name);
      if (name.startsWith("database.db")) await copyFile(from, path.join(b.dataDir, name));
    }
    expect(await refusalOn(b)).toContain("the files have no store id");
    await adoptOn(b);
    await (await startOn(b)).close();
    await (await startOn(a)).close();
  });

  it("starts from a copy of the whole directory", async () => {
    await using directory = await tempDirectory();
    const at = (name: string) => ({ dataDir: path.join(directory.path, name) });
    const first = await startOn(at("a"));
    await uploadOne(first);
    await first.close();
    await cp(at("a").dataDir, at("b").dataDir, {
      recursive: true,
      filter: (name) => !name.endsWith("lock") && !name.endsWith(".sock"),
    });
    await (await startOn(at("b"))).close();
  });
});

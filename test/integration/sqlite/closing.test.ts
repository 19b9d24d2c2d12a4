import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { migrate } from "../../../src/adapters/prisma/migrate.ts";
import { openDatabase } from "../../../src/adapters/prisma/open-database.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { secondProcess } from "../../support/second-process.ts";
import { prismaDirectory } from "../../support/temp-database.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { uploadRecord } from "../../support/upload-record.ts";

describe("closing a SQLite database", () => {
  it.each([
    { foreign: false, title: "removes the write-ahead log" },
    { foreign: true, title: "warns when another process keeps the write-ahead log" },
  ])("$title", async ({ foreign }) => {
    await using directory = await tempDirectory();
    const path = `${directory.path}/records.db`;
    const log = recordingLog();
    const ask = { url: `file:${path}`, log };
    await migrate({ ...ask, directory: prismaDirectory });
    const database = await openDatabase(ask);
    await database.uploads.insert(uploadRecord());
    await database.uploads.find(uploadRecord().id);
    const other = foreign ? await secondProcess(path) : null;
    await other?.run(`SELECT count(*) AS n FROM "ChunkedUpload"`);
    await database.close();
    expect(existsSync(`${path}-wal`)).toBe(foreign);
    const warnings = log.entries.filter(({ level }) => level === "warn");
    expect(warnings.map(({ facts }) => facts)).toEqual(foreign ? [{ file: `${path}-wal` }] : []);
    await other?.[Symbol.asyncDispose]();
  });
});

import { describe, expect, it } from "vitest";
import { createDatabaseMutex } from "../../../src/adapters/postgresql/database-mutex.ts";
import { migrate } from "../../../src/adapters/prisma/migrate.ts";
import { openDatabase } from "../../../src/adapters/prisma/open-database.ts";
import { ProcessMutex } from "../../../src/core/process-mutex.ts";
import { inRequest, withRequestId } from "../../../src/server/request-scope.ts";
import { freshPostgres, postgresUrl } from "../../support/postgres.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { runSql } from "../../support/run-sql.ts";
import { prismaDirectory } from "../../support/temp-database.ts";

const postgres = await postgresUrl();
const endOthers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

describe.skipIf(postgres === null)("the line of a lost idle connection", () => {
  it("carries no id of the request that had opened the connection", async () => {
    await using database = await freshPostgres(postgres ?? "");
    const { url } = database;
    const log = recordingLog();
    await migrate({ url, directory: prismaDirectory, log });
    const ask = { url, log: withRequestId(log) };
    const opened = await openDatabase(ask);
    const turns = createDatabaseMutex({ ...ask, local: new ProcessMutex() });
    try {
      await inRequest("opens-connections", async () => {
        const writes = ["a", "b", "c", "d"].map((key) => opened.facts.write(key, "value"));
        await Promise.all([...writes, turns.runExclusive("a", async () => undefined)]);
      });
      await runSql(url, endOthers);
      const lost = () => log.entries.filter(({ message }) => message.includes("was lost"));
      await expect.poll(() => lost().length).toBeGreaterThanOrEqual(3);
      for (const { facts } of lost()) expect(facts).not.toHaveProperty("requestId");
    } finally {
      await turns.close();
      await opened.close();
    }
  });
});

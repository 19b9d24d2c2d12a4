import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/adapters/prisma/migrate.ts";
import { freshPostgres, postgresUrl } from "../support/postgres.ts";
import { prismaDirectory, silentLog } from "../support/temp-database.ts";
import { type EmptyDatabase, migrationsContract } from "./migrations.contract.ts";

const admin = await postgresUrl();

async function emptyDatabase(): Promise<EmptyDatabase> {
  const fresh = await freshPostgres(admin ?? "");
  return {
    url: fresh.url,
    provider: "postgresql",
    async query(sql) {
      const client = new Client({ connectionString: fresh.url });
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  };
}

describe("migrations of a PostgreSQL database", () => {
  if (admin === null) {
    it("needs a PostgreSQL, and none could be started here", () => {});
    return;
  }
  migrationsContract(emptyDatabase);

  it("lets one of several starting instances apply, and the others wait", async () => {
    await using database = await emptyDatabase();
    const ask = { url: database.url, directory: prismaDirectory, log: silentLog };
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(ask)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  });
});

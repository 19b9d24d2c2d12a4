import { Client } from "pg";
import { afterAll, it } from "vitest";
import { freshPostgres, postgresUrl } from "./postgres.ts";
import { type MakeDatabase, migratedDatabase, type TempDatabase } from "./temp-database.ts";

const tables = [
  "ChunkedUpload",
  "UploadClaim",
  "OutboxEntry",
  "Lease",
  "Account",
  "ApiToken",
  "Session",
  "User",
  "DatabaseFact",
  "FailureCount",
];

/**
 * Runs contract suites on a PostgreSQL database of the test file's own, emptied for each test.
 * Where no server can be started, says so in one line (and fails on CI).
 */
export async function onPostgres(
  ...suites: readonly ((makeDatabase: MakeDatabase) => void)[]
): Promise<void> {
  const admin = await postgresUrl();
  if (admin === null) {
    it("needs a PostgreSQL, and none could be started here", () => {});
    return;
  }
  const fresh = await freshPostgres(admin);
  const database = await migratedDatabase(fresh.url, () => fresh[Symbol.asyncDispose]());
  afterAll(() => database[Symbol.asyncDispose]());
  for (const suite of suites) suite(() => emptied(database));
}

async function emptied(database: TempDatabase): Promise<TempDatabase> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`TRUNCATE ${tables.map((table) => `"${table}"`).join()}`);
  } finally {
    await client.end();
  }
  return { ...database, [Symbol.asyncDispose]: async () => {} };
}

import { Client } from "pg";
import { databasePath } from "../../../src/adapters/prisma/database-url.ts";
import { openSqlite } from "../../../src/adapters/sqlite/sqlite.ts";
import { type MadeUpRow, madeUpRow, owners, randomNumbers } from "./made-up-rows.ts";

const BATCH = 5_000;

/** Columns that are read from the JSON of a batch, with their types on PostgreSQL. */
const columns = {
  ...{ id: "text", ownerId: "text", profile: "text", filename: "text", filenameFolded: "text" },
  ...{ path: "text", searchText: "text", size: "bigint", offset: "bigint", state: "text" },
  ...{ finished: "integer", completion: "text", concat: "text" },
  ...{ createdAt: "timestamptz", expiresAt: "timestamptz", completedAt: "timestamptz" },
} as const;

/** Columns that are the same in every row, or follow from others; SQL. */
const derived = {
  ...{ origin: "'api'", contentType: "'application/octet-stream'", metadata: "'{}'" },
  ...{ chunkSize: "8388608", beyond: "'[]'", checksumAlgorithm: "'md5'", digestOffset: "0" },
  ...{ checksum: "'d41d8cd98f00b204e9800998ecf8427e'", storeState: "'{}'", version: "7" },
} as const;

/** Writes `rows` uploads of 200 owners into the migrated database at `url`. */
export async function seed(url: string, rows: number, now: Date): Promise<void> {
  const run = url.startsWith("file:") ? await openForSqlite(url) : await openForPostgres(url);
  await run.owners(JSON.stringify(owners.map((id, n) => ({ id, email: `user${n}@example.org` }))));
  const random = randomNumbers(1);
  for (let from = 0; from < rows; from += BATCH) {
    const batch: MadeUpRow[] = [];
    for (let n = from; n < Math.min(from + BATCH, rows); n += 1)
      batch.push(madeUpRow(n, { rows, now, random }));
    await run.uploads(JSON.stringify(batch));
  }
  await run.close();
}

interface Writer {
  owners(json: string): Promise<void>;
  uploads(json: string): Promise<void>;
  close(): Promise<void>;
}

const names = [...Object.keys(columns), ...Object.keys(derived)];
const extra = ["storageKey", "heldBytes", "updatedAt"];
const into = `INSERT INTO "ChunkedUpload" (${[...names, ...extra].map((name) => `"${name}"`)})`;

async function openForSqlite(url: string): Promise<Writer> {
  const sqlite = await openSqlite(databasePath(url));
  const field = (name: string) => `value->>'${name}'`;
  const values = [...Object.keys(columns).map(field), ...Object.values(derived)];
  const more = [`'uploads/' || (${field("id")})`, field("offset"), field("createdAt")];
  const write = async (sql: string, json: string) => {
    await sqlite.write({ sql, args: [json], want: "changes" });
  };
  return {
    owners: (json) =>
      write(
        `INSERT INTO "User" ("id", "email", "role") SELECT ${field("id")}, ${field("email")}, 'user' FROM json_each(?)`,
        json,
      ),
    uploads: (json) => write(`${into} SELECT ${[...values, ...more]} FROM json_each(?)`, json),
    close: () => sqlite.close(),
  };
}

async function openForPostgres(url: string): Promise<Writer> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("SET timezone = 'UTC'");
  const field = (name: string) => {
    if (name === "finished") return `t."finished" = 1`;
    return name.endsWith("At") ? `t."${name}" AT TIME ZONE 'UTC'` : `t."${name}"`;
  };
  const json = (sql: string) => (/^'[{[]/.test(sql) ? `${sql}::jsonb` : sql);
  const values = [...Object.keys(columns).map(field), ...Object.values(derived).map(json)];
  const more = [`'uploads/' || t."id"`, field("offset"), field("createdAt")];
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
  const write = async (sql: string, rows: string) => void (await client.query(sql, [rows]));
  return {
    owners: (rows) =>
      write(
        `INSERT INTO "User" ("id", "email", "role") SELECT "id", "email", 'user' FROM json_to_recordset($1) AS t("id" text, "email" text)`,
        rows,
      ),
    uploads: (rows) =>
      write(
        `${into} SELECT ${[...values, ...more]} FROM json_to_recordset($1) AS t(${types})`,
        rows,
      ),
    close: () => client.end(),
  };
}

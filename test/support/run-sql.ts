import { Client } from "pg";
import type { SqliteValue } from "../../src/adapters/sqlite/messages.ts";
import { openSqliteFile } from "./sqlite-file.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * Runs one statement on a connection of its own, as another process would, and returns its rows. `values`:
 * for `?` in SQLite, `$1` and so on in PostgreSQL.
 */
export async function runSql(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  if (url.startsWith("file:")) {
    const file = openSqliteFile(url.slice("file:".length));
    try {
      return file.prepare(sql).all(...(values as SqliteValue[])) as Row[];
    } finally {
      file.close();
    }
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

import { Client } from "pg";
import { openSqliteFile } from "./sqlite-file.ts";

type Row = Readonly<Record<string, unknown>>;

/** Runs one statement on a connection of its own, as another process would, and returns its rows. */
export async function runSql(url: string, sql: string): Promise<readonly Row[]> {
  if (url.startsWith("file:")) {
    const file = openSqliteFile(url.slice("file:".length));
    try {
      return file.prepare(sql).all() as Row[];
    } finally {
      file.close();
    }
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

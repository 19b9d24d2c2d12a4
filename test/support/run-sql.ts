import { createClient } from "@libsql/client";
import { Client } from "pg";

type Row = Readonly<Record<string, unknown>>;

/** Runs one statement on a connection of its own, as another process would, and returns its rows. */
export async function runSql(url: string, sql: string): Promise<readonly Row[]> {
  if (url.startsWith("file:")) {
    const client = createClient({ url, timeout: 5_000 });
    try {
      return (await client.execute(sql)).rows;
    } finally {
      client.close();
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

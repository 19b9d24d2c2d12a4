import { type Client, type Config, createClient, type Transaction } from "@libsql/client";
import { PrismaLibSql } from "@prisma/adapter-libsql";

/**
 * Prisma's adapter, with transactions on the connection that everything else uses. The driver's own
 * opens another connection after each transaction and leaves the old one, two file handles and some
 * 170 KB, to a garbage collection that may be long in coming. The adapter lets no other statement in
 * while a transaction is open, so that one connection is enough; what was set on it stays set.
 */
export class SqliteAdapter extends PrismaLibSql {
  override createClient(config: Config): Client {
    const client = createClient(config);
    client.transaction = () => begin(client);
    return client;
  }
}

/** A transaction that takes the write lock at once: it waits for it here, and not in its middle. */
async function begin(client: Client): Promise<Transaction> {
  await client.execute("BEGIN IMMEDIATE");
  let closed = false;
  const rollback = async () => {
    if (closed) return;
    closed = true;
    // Some failures (a full disk) end the transaction by themselves; there is then none to end.
    await client.execute("ROLLBACK").catch(() => undefined);
  };
  return {
    get closed() {
      return closed;
    },
    execute: (statement) => client.execute(statement),
    batch: (statements) => inTurn(client, statements),
    executeMultiple: () => Promise.reject(new Error("No script runs within a transaction.")),
    async commit() {
      try {
        await client.execute("COMMIT");
        closed = true;
      } catch (error) {
        // Left open, it would swallow every later statement.
        await rollback();
        throw error;
      }
    },
    rollback,
    close: () => void rollback(),
  };
}

async function inTurn(client: Client, statements: Parameters<Transaction["batch"]>[0]) {
  const results = [];
  for (const statement of statements) results.push(await client.execute(statement));
  return results;
}

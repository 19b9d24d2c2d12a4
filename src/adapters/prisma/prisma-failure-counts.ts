import { createHash } from "node:crypto";
import type { FailureCounts } from "../../core/ports/failure-counts.ts";
import type { DatabaseClient } from "./database-client.ts";
import { translateFailures } from "./database-failures.ts";
import type { RawQueries } from "./raw-queries.ts";

/** Every so many counted failures the windows that have ended are deleted. */
const PRUNE_EVERY = 200;

type Row = { key: string; count: number; remainingMs: number };

/** Counts as rows that all instances see, in windows by the database's clock. Keys are stored as hashes. */
export function createPrismaFailureCounts(client: DatabaseClient, sql: RawQueries): FailureCounts {
  const table = client.failureCount;
  let added = 0;

  return translateFailures<FailureCounts>({
    async add(keys, windowMs) {
      const hashes = keys.map(hashOf);
      // Sorted: two statements that lock the same rows in another order would wait for each other.
      const unique = [...new Set(hashes)].sort();
      const rows = await client.$queryRaw<Row[]>(sql.countFailures(unique, windowMs));
      added += 1;
      if (added % PRUNE_EVERY === 0) await client.$executeRaw(sql.pruneFailures());
      const found = new Map(rows.map((row) => [row.key, row]));
      return hashes.map((hash) => {
        const row = found.get(hash);
        return {
          count: Number(row?.count ?? 1),
          remainingMs: Number(row?.remainingMs ?? windowMs),
        };
      });
    },

    async takeBack(keys) {
      const where = { key: { in: keys.map(hashOf) }, count: { gt: 0 } };
      await table.updateMany({ where, data: { count: { decrement: 1 } } });
    },

    async clear(key) {
      await table.deleteMany({ where: { key: hashOf(key) } });
    },
  });
}

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

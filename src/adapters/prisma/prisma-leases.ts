import type { Leases } from "../../core/ports/leases.ts";
import type { DatabaseClient } from "./database-client.ts";
import { isUniqueViolation, translateFailures } from "./database-failures.ts";

/** Named leases as rows: the process that creates or changes the row holds the lease. */
export function createPrismaLeases(client: DatabaseClient): Leases {
  return translateFailures<Leases>({
    async acquire(name, { holder, now, until }) {
      const { count } = await client.lease.updateMany({
        where: { name, OR: [{ holder }, { until: { lte: now } }] },
        data: { holder, until },
      });
      if (count === 1) return true;
      try {
        await client.lease.create({ data: { name, holder, until } });
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    async release(name, holder) {
      await client.lease.deleteMany({ where: { name, holder } });
    },
  });
}

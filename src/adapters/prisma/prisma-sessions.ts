import type { Session, Sessions } from "../../core/ports/sessions.ts";
import type { DatabaseClient } from "./database-client.ts";
import { translateFailures } from "./database-failures.ts";
import { type JoinedUser, takeUser } from "./joined-user.ts";
import type { RawQueries } from "./raw-queries.ts";

/** Browser sessions. */
export function createPrismaSessions(client: DatabaseClient, sql: RawQueries): Sessions {
  const table = client.session;

  return translateFailures<Sessions>({
    create: (session) => table.create({ data: session }),

    async find(id) {
      if (id.includes("\u0000")) return null;
      const [row] = await client.$queryRaw<(Session & JoinedUser)[]>(sql.sessionById(id));
      if (row === undefined) return null;
      const { rest, user } = takeUser(row);
      return { session: rest, user };
    },

    async extend(id, expiresAt) {
      await table.updateMany({ where: { id, endedAt: null }, data: { expiresAt } });
    },

    async end(id, at) {
      const where = { id, endedAt: null };
      return (await table.updateMany({ where, data: { endedAt: at } })).count > 0;
    },

    async endAll(userId, { at, except }) {
      const others = except === null ? {} : { id: { not: except } };
      const where = { userId, endedAt: null, ...others };
      return (await table.updateMany({ where, data: { endedAt: at } })).count;
    },

    prune: async (before) =>
      (await table.deleteMany({ where: { expiresAt: { lt: before } } })).count,
  });
}

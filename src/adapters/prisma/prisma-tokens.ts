import type { ApiToken, Tokens } from "../../core/ports/tokens.ts";
import type { DatabaseClient } from "./database-client.ts";
import { translateFailures } from "./database-failures.ts";
import { type JoinedUser, takeUser } from "./joined-user.ts";
import type { RawQueries } from "./raw-queries.ts";

/** API tokens. A revoked one is removed. */
export function createPrismaTokens(client: DatabaseClient, sql: RawQueries): Tokens {
  const table = client.apiToken;
  const withoutHash = { hash: true } as const;

  return translateFailures<Tokens>({
    create: (token) => table.create({ data: token, omit: withoutHash }),

    async findByHash(hash) {
      const [row] = await client.$queryRaw<(ApiToken & JoinedUser)[]>(sql.tokenByHash(hash));
      if (row === undefined) return null;
      const { rest, user } = takeUser(row);
      return { token: rest, user };
    },

    list: (userId) =>
      table.findMany({
        where: { userId },
        omit: withoutHash,
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      }),

    async revoke(userId, id) {
      if (id.includes("\u0000")) return false;
      return (await table.deleteMany({ where: { id, userId } })).count > 0;
    },

    revokeAll: async (userId) => (await table.deleteMany({ where: { userId } })).count,

    async touch(id, at) {
      await table.updateMany({ where: { id }, data: { lastUsedAt: at } });
    },
  });
}

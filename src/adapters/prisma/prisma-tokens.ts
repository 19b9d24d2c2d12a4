import type { Tokens } from "../../core/ports/tokens.ts";
import type { Role } from "../../core/principal.ts";
import type { DatabaseClient } from "./database-client.ts";
import { translateFailures } from "./database-failures.ts";
import type { RawQueries } from "./raw-queries.ts";

/** What the joined query answers: a token's columns beside its user's. */
interface JoinedRow {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly email: string;
  readonly userName: string | null;
  readonly role: string;
  readonly passwordHash: string | null;
  readonly disabled: boolean;
  readonly tokenVersion: number;
  readonly userCreatedAt: Date;
}

/** API tokens. A revoked one is removed. */
export function createPrismaTokens(client: DatabaseClient, sql: RawQueries): Tokens {
  const table = client.apiToken;
  const withoutHash = { hash: true } as const;

  return translateFailures<Tokens>({
    create: (token) => table.create({ data: token, omit: withoutHash }),

    async findByHash(hash) {
      const [row] = await client.$queryRaw<JoinedRow[]>(sql.tokenByHash(hash));
      return row === undefined ? null : toTokenAndUser(row);
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

    async touch(id, at) {
      await table.updateMany({ where: { id }, data: { lastUsedAt: at } });
    },
  });
}

function toTokenAndUser(row: JoinedRow): Awaited<ReturnType<Tokens["findByHash"]>> {
  const { email, userName, role, passwordHash, disabled, tokenVersion, userCreatedAt, ...token } =
    row;
  const user = { id: row.userId, email, name: userName, role: role as Role, passwordHash };
  return { token, user: { ...user, disabled, tokenVersion, createdAt: userCreatedAt } };
}

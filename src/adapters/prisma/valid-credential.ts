import type { Credential } from "../../core/principal.ts";
import { Prisma } from "../../generated/sqlite/client.ts";

/** Selects the id of a credential's user if it is valid: `auth/valid-credentials.ts` as PostgreSQL. */
export function validUser(credential: Credential): Prisma.Sql {
  const now = Prisma.sql`(clock_timestamp() AT TIME ZONE 'UTC')`;
  if (credential.kind === "token") {
    return Prisma.sql`SELECT u."id" FROM "ApiToken" AS t JOIN "User" AS u ON u."id" = t."userId"
      WHERE t."hash" = ${credential.hash} AND NOT u."disabled"
      AND (t."expiresAt" IS NULL OR t."expiresAt" > ${now})`;
  }
  return Prisma.sql`SELECT u."id" FROM "Session" AS s JOIN "User" AS u ON u."id" = s."userId"
    WHERE s."id" = ${credential.id} AND s."endedAt" IS NULL AND s."expiresAt" > ${now}
    AND NOT u."disabled" AND u."tokenVersion" = ${credential.tokenVersion}`;
}

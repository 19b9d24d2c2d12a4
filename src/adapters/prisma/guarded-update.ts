import type { ClaimGuard } from "../../core/ports/uploads.ts";
import type { Credential } from "../../core/principal.ts";
import type { Upload } from "../../core/upload.ts";
import { Prisma } from "../../generated/sqlite/client.ts";

/** Columns of JSON: PostgreSQL takes them as text. */
const jsonColumns = new Set(["metadata", "storeState", "beyond"]);

/**
 * A change of an upload under a claim, as one statement of PostgreSQL: it checks the claim and the
 * sender's credential, and releases the claim if requested. Returns a row if the change was made.
 * `data`: columns and values as Prisma takes them.
 */
export function guardedUpdate(
  { id, version }: Upload,
  data: object,
  { guard, updatedAt }: { guard: ClaimGuard; updatedAt: Date },
): Prisma.Sql {
  const { epoch, range, credential, isLast } = guard;
  const columns = Object.entries({ ...data, updatedAt }).filter(([, value]) => value !== undefined);
  const claimed = Prisma.sql`"uploadId" = ${id} AND "epoch" = ${BigInt(epoch)}`;
  return Prisma.sql`
    WITH "done" AS (
      UPDATE "ChunkedUpload" SET ${Prisma.join(columns.map(([name, value]) => assign(name, value)))}
      WHERE "id" = ${id} AND "version" = ${version}
      AND EXISTS (SELECT 1 FROM "UploadClaim" WHERE ${claimed} AND NOT "voided" AND NOT "released")
      AND NOT EXISTS (SELECT 1 FROM "UploadClaim" WHERE "uploadId" = ${id}
        AND "epoch" > ${BigInt(epoch)} AND "start" < ${BigInt(range.end)} AND "end" > ${BigInt(range.start)})
      ${credential === undefined ? Prisma.empty : Prisma.sql`AND ${isValid(credential)}`}
      RETURNING "id"
    ), "freed" AS (
      UPDATE "UploadClaim" SET "released" = true
      WHERE ${isLast === true} AND ${claimed} AND EXISTS (SELECT 1 FROM "done")
    )
    SELECT "id" FROM "done"`;
}

function assign(name: string, value: unknown): Prisma.Sql {
  const column = Prisma.raw(`"${name}"`);
  if (value === null) return Prisma.sql`${column} = NULL`;
  if (jsonColumns.has(name)) return Prisma.sql`${column} = CAST(${JSON.stringify(value)} AS JSONB)`;
  return Prisma.sql`${column} = ${value}`;
}

/** The rules of `auth/valid-credentials.ts` as SQL. */
function isValid(credential: Credential): Prisma.Sql {
  const now = Prisma.sql`(clock_timestamp() AT TIME ZONE 'UTC')`;
  if (credential.kind === "token") {
    return Prisma.sql`EXISTS (SELECT 1 FROM "ApiToken" AS t JOIN "User" AS u ON u."id" = t."userId"
      WHERE t."hash" = ${credential.hash} AND NOT u."disabled"
      AND (t."expiresAt" IS NULL OR t."expiresAt" > ${now}))`;
  }
  return Prisma.sql`EXISTS (SELECT 1 FROM "Session" AS s JOIN "User" AS u ON u."id" = s."userId"
    WHERE s."id" = ${credential.id} AND s."endedAt" IS NULL AND s."expiresAt" > ${now}
    AND NOT u."disabled" AND u."tokenVersion" = ${credential.tokenVersion})`;
}

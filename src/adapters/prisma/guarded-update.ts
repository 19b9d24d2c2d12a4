import type { ClaimGuard } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import { Prisma } from "../../generated/sqlite/client.ts";
import { validUser } from "./valid-credential.ts";

/** Columns of JSON: PostgreSQL takes them as text. */
const jsonColumns = new Set(["metadata", "storeState", "beyond"]);

/**
 * A change of an upload under a guard, as one statement of PostgreSQL: it checks the claim and the
 * sender's credential, and releases the claim if requested. Returns a row if the change was made.
 * `data`: columns and values as Prisma takes them.
 */
export function guardedUpdate(
  { id, version }: Upload,
  data: object,
  { guard, updatedAt }: { guard: ClaimGuard; updatedAt: Date },
): Prisma.Sql {
  const { epoch, credential, isLast } = guard;
  const columns = Object.entries({ ...data, updatedAt }).filter(([, value]) => value !== undefined);
  const update = Prisma.sql`
    UPDATE "ChunkedUpload" SET ${Prisma.join(columns.map(([name, value]) => assign(name, value)))}
    WHERE "id" = ${id} AND "version" = ${version}
    ${epoch === null ? Prisma.empty : isClaimed(id, { ...guard, epoch })}
    ${credential === undefined ? Prisma.empty : Prisma.sql`AND EXISTS (${validUser(credential)})`}
    RETURNING "id"`;
  if (epoch === null || isLast !== true) return update;
  return Prisma.sql`
    WITH "done" AS (${update}), "freed" AS (
      UPDATE "UploadClaim" SET "released" = true
      WHERE "uploadId" = ${id} AND "epoch" = ${BigInt(epoch)} AND EXISTS (SELECT 1 FROM "done")
    )
    SELECT "id" FROM "done"`;
}

function isClaimed(id: string, { epoch, range }: ClaimGuard & { epoch: number }): Prisma.Sql {
  return Prisma.sql`
    AND EXISTS (SELECT 1 FROM "UploadClaim" WHERE "uploadId" = ${id}
      AND "epoch" = ${BigInt(epoch)} AND NOT "voided" AND NOT "released")
    AND NOT EXISTS (SELECT 1 FROM "UploadClaim" WHERE "uploadId" = ${id} AND "epoch" > ${BigInt(epoch)}
      AND "start" < ${BigInt(range.end)} AND "end" > ${BigInt(range.start)})`;
}

function assign(name: string, value: unknown): Prisma.Sql {
  const column = Prisma.raw(`"${name}"`);
  if (value === null) return Prisma.sql`${column} = NULL`;
  if (jsonColumns.has(name)) return Prisma.sql`${column} = CAST(${JSON.stringify(value)} AS JSONB)`;
  return Prisma.sql`${column} = ${value}`;
}

import { Prisma } from "../../generated/sqlite/client.ts";
import type { DatabaseKind } from "./database-url.ts";

/** A half-open window of time. */
export interface TimeWindow {
  readonly from: Date;
  readonly to: Date;
}

/** A range that a claim is for, or is compared with; bytes, `end` exclusive. */
export interface ClaimKey {
  readonly uploadId: string;
  readonly epoch: bigint;
  readonly start: bigint;
  readonly end: bigint;
}

/** The pieces of SQL in which the two databases differ. All other SQL here is the same for both. */
interface Dialect {
  /** The database's clock `ms` milliseconds from now, as a stored time. */
  fromNow(ms: number): Prisma.Sql;
  /** The UTC day of a column, `YYYY-MM-DD`. */
  day(column: Prisma.Sql): Prisma.Sql;
}

const dialects: Record<DatabaseKind, Dialect> = {
  postgresql: {
    fromNow: (ms) =>
      Prisma.sql`((clock_timestamp() AT TIME ZONE 'UTC') + CAST(${ms} AS INTEGER) * INTERVAL '1 millisecond')`,
    day: (column) => Prisma.sql`to_char(${column}, 'YYYY-MM-DD')`,
  },
  sqlite: {
    // The text in which Prisma stores times, so that comparing texts compares times.
    fromNow: (ms) =>
      Prisma.sql`strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', ${`${(ms / 1000).toFixed(3)} seconds`})`,
    day: (column) => Prisma.sql`substr(${column}, 1, 10)`,
  },
};

/** What `takeUser` reads. */
const userColumns = Prisma.sql`
  u."email", u."name" AS "userName", u."role", u."passwordHash", u."disabled", u."tokenVersion",
  u."ticketVersion", u."createdAt" AS "userCreatedAt"`;

export type RawQueries = ReturnType<typeof rawQueries>;

/** The statements that Prisma's model calls cannot say, in the words of one database. */
export function rawQueries(kind: DatabaseKind) {
  const { fromNow, day } = dialects[kind];
  const now = () => fromNow(0);
  const newerOverlaps = (claim: ClaimKey) => Prisma.sql`EXISTS (
    SELECT 1 FROM "UploadClaim" AS newer WHERE newer."uploadId" = ${claim.uploadId}
    AND newer."epoch" > ${claim.epoch} AND newer."start" < ${claim.end} AND newer."end" > ${claim.start})`;

  return {
    /** Gives the upload its next epoch; commits that were based on the record before will miss. */
    nextEpoch: (uploadId: string) => Prisma.sql`
      UPDATE "ChunkedUpload" SET "lastEpoch" = "lastEpoch" + 1, "version" = "version" + 1
      WHERE "id" = ${uploadId} RETURNING "id", "lastEpoch"`,

    /** Writes the claim of the newest epoch, read from `source`; answers its epoch. */
    insertClaim: (
      claim: Omit<ClaimKey, "epoch">,
      lease: { ms: number; source: Prisma.Sql },
    ) => Prisma.sql`
      INSERT INTO "UploadClaim" ("uploadId", "epoch", "start", "end", "until")
      SELECT "id", "lastEpoch", CAST(${claim.start} AS BIGINT), CAST(${claim.end} AS BIGINT), ${fromNow(lease.ms)}
      FROM ${lease.source} WHERE "id" = ${claim.uploadId} RETURNING "epoch"`,

    renewClaim: (claim: ClaimKey, ms: number) => Prisma.sql`
      UPDATE "UploadClaim" SET "until" = ${fromNow(ms)}
      WHERE "uploadId" = ${claim.uploadId} AND "epoch" = ${claim.epoch}
      AND NOT "released" AND NOT "voided" AND NOT ${newerOverlaps(claim)}`,

    olderAlive: (claim: ClaimKey) => Prisma.sql`
      SELECT 1 AS "found" FROM "UploadClaim" WHERE "uploadId" = ${claim.uploadId}
      AND "epoch" < ${claim.epoch} AND "start" < ${claim.end} AND "end" > ${claim.start}
      AND NOT "released" AND "until" > ${now()} LIMIT 1`,

    anyAlive: (uploadId: string) => Prisma.sql`
      SELECT 1 AS "found" FROM "UploadClaim" WHERE "uploadId" = ${uploadId}
      AND NOT "released" AND "until" > ${now()} LIMIT 1`,

    pruneClaims: (ms: number) =>
      Prisma.sql`DELETE FROM "UploadClaim" WHERE "until" < ${fromNow(-ms)}`,

    /** A token with its user in one query; Prisma's `include` would ask twice. */
    tokenByHash: (hash: string) => Prisma.sql`
      SELECT t."id", t."userId", t."name", t."prefix", t."createdAt", t."expiresAt", t."lastUsedAt",
        ${userColumns}
      FROM "ApiToken" AS t JOIN "User" AS u ON u."id" = t."userId" WHERE t."hash" = ${hash}`,

    /** A session with its user in one query. */
    sessionById: (id: string) => Prisma.sql`
      SELECT s."id", s."userId", s."createdAt", s."expiresAt", s."endedAt", ${userColumns}
      FROM "Session" AS s JOIN "User" AS u ON u."id" = s."userId" WHERE s."id" = ${id}`,

    daily: ({ from, to }: TimeWindow) => Prisma.sql`
      SELECT "day", SUM("created") AS "created", SUM("completed") AS "completed", SUM("bytes") AS "bytes"
      FROM (
        SELECT ${day(Prisma.sql`"createdAt"`)} AS "day", 1 AS "created", 0 AS "completed", 0 AS "bytes"
        FROM "ChunkedUpload" WHERE "state" <> 'deleting' AND COALESCE("concat", '') <> 'partial'
        AND "createdAt" >= ${from} AND "createdAt" < ${to}
        UNION ALL
        SELECT ${day(Prisma.sql`"completedAt"`)}, 0, 1, "size"
        FROM "ChunkedUpload" WHERE "state" = 'complete' AND "completedAt" >= ${from} AND "completedAt" < ${to}
      ) AS "days" GROUP BY "day" ORDER BY "day"`,
  };
}

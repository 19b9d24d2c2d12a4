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
  /** How long it is until the time in a column, in ms. */
  msUntil(column: Prisma.Sql): Prisma.Sql;
}

const dialects: Record<DatabaseKind, Dialect> = {
  postgresql: {
    fromNow: (ms) =>
      Prisma.sql`((clock_timestamp() AT TIME ZONE 'UTC') + CAST(${ms} AS INTEGER) * INTERVAL '1 millisecond')`,
    msUntil: (column) =>
      Prisma.sql`CAST(EXTRACT(EPOCH FROM ${column} - (clock_timestamp() AT TIME ZONE 'UTC')) * 1000 AS BIGINT)`,
  },
  sqlite: {
    // The text in which Prisma stores times, so that comparing texts compares times.
    fromNow: (ms) =>
      Prisma.sql`strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', ${`${(ms / 1000).toFixed(3)} seconds`})`,
    msUntil: (column) =>
      Prisma.sql`CAST((julianday(${column}) - julianday('now')) * 86400000 AS INTEGER)`,
  },
};

/** What `takeUser` reads. */
const userColumns = Prisma.sql`
  u."email", u."name" AS "userName", u."role", u."passwordHash", u."disabled", u."tokenVersion",
  u."ticketVersion", u."createdAt" AS "userCreatedAt"`;

export type RawQueries = ReturnType<typeof rawQueries>;

/** Statements that Prisma's model calls cannot express, in the SQL of one database. */
export function rawQueries(kind: DatabaseKind) {
  const { fromNow, msUntil } = dialects[kind];
  const now = () => fromNow(0);
  const newerOverlaps = (claim: ClaimKey) => Prisma.sql`EXISTS (
    SELECT 1 FROM "UploadClaim" AS newer WHERE newer."uploadId" = ${claim.uploadId}
    AND newer."epoch" > ${claim.epoch} AND newer."start" < ${claim.end} AND newer."end" > ${claim.start})`;

  /** Writes the claim of the newest epoch, read from `source`. Returns its epoch. */
  const insertClaim = (
    claim: Omit<ClaimKey, "epoch">,
    lease: { ms: number; source: Prisma.Sql },
  ) => Prisma.sql`
    INSERT INTO "UploadClaim" ("uploadId", "epoch", "start", "end", "until")
    SELECT "id", "lastEpoch", CAST(${claim.start} AS BIGINT), CAST(${claim.end} AS BIGINT), ${fromNow(lease.ms)}
    FROM ${lease.source} WHERE "id" = ${claim.uploadId} RETURNING "epoch"`;

  /** Gives the upload its next epoch unless an overlapping claim is alive. More conditions may follow. */
  const nextFreeEpoch = (claim: Omit<ClaimKey, "epoch">) => Prisma.sql`
    UPDATE "ChunkedUpload" SET "lastEpoch" = "lastEpoch" + 1, "version" = "version" + 1
    WHERE "id" = ${claim.uploadId} AND NOT EXISTS (
      SELECT 1 FROM "UploadClaim" WHERE "uploadId" = ${claim.uploadId} AND "start" < ${claim.end}
      AND "end" > ${claim.start} AND NOT "released" AND "until" > ${now()})`;

  return {
    /** Gives the upload its next epoch; commits that were based on the record before will miss. */
    nextEpoch: (uploadId: string) => Prisma.sql`
      UPDATE "ChunkedUpload" SET "lastEpoch" = "lastEpoch" + 1, "version" = "version" + 1
      WHERE "id" = ${uploadId} RETURNING "id", "lastEpoch"`,

    insertClaim,
    nextFreeEpoch,

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

    /** `end` null: up to the end of the file. */
    alive: (uploadId: string, { start, end }: { start: bigint; end: bigint | null }) => Prisma.sql`
      SELECT "epoch" FROM "UploadClaim" WHERE "uploadId" = ${uploadId} AND "end" > ${start}
      AND "start" < COALESCE(CAST(${end} AS BIGINT), 9223372036854775807)
      AND NOT "released" AND "until" > ${now()}`,

    /**
     * As `nextEpoch` and `insertClaim` in one, unless an older overlapping claim is alive. A statement
     * that had to wait for another one's epoch does not see its claim: then `alone` is false. Also
     * returns the upload's row.
     */
    takeFree: (claim: Omit<ClaimKey, "epoch">, ms: number) => Prisma.sql`
      WITH "seen" AS (
        SELECT "lastEpoch" FROM "ChunkedUpload" WHERE "id" = ${claim.uploadId}
      ), "next" AS (${nextFreeEpoch(claim)} RETURNING *), "taken" AS (
        ${insertClaim(claim, { ms, source: Prisma.sql`"next"` })}
      )
      SELECT "next".*, "taken"."epoch", "taken"."epoch" = "seen"."lastEpoch" + 1 AS "alone"
      FROM "taken", "seen", "next"`,

    pruneClaims: (ms: number) =>
      Prisma.sql`DELETE FROM "UploadClaim" WHERE "until" < ${fromNow(-ms)}`,

    countFailures: (keys: readonly string[], windowMs: number) => Prisma.sql`
      INSERT INTO "FailureCount" AS f ("key", "count", "endsAt")
      VALUES ${Prisma.join(keys.map((key) => Prisma.sql`(${key}, 1, ${fromNow(windowMs)})`))}
      ON CONFLICT ("key") DO UPDATE SET
        "count" = CASE WHEN f."endsAt" <= ${now()} THEN 1 ELSE f."count" + 1 END,
        "endsAt" = CASE WHEN f."endsAt" <= ${now()} THEN excluded."endsAt" ELSE f."endsAt" END
      RETURNING "key", "count", ${msUntil(Prisma.sql`"endsAt"`)} AS "remainingMs"`,

    pruneFailures: () => Prisma.sql`DELETE FROM "FailureCount" WHERE "endsAt" <= ${now()}`,

    /** A token with its user in one query; Prisma's `include` would run two. */
    tokenByHash: (hash: string) => Prisma.sql`
      SELECT t."id", t."userId", t."name", t."prefix", t."createdAt", t."expiresAt", t."lastUsedAt",
        ${userColumns}
      FROM "ApiToken" AS t JOIN "User" AS u ON u."id" = t."userId" WHERE t."hash" = ${hash}`,

    /** A session with its user in one query. */
    sessionById: (id: string) => Prisma.sql`
      SELECT s."id", s."userId", s."createdAt", s."expiresAt", s."endedAt", ${userColumns}
      FROM "Session" AS s JOIN "User" AS u ON u."id" = s."userId" WHERE s."id" = ${id}`,

    days: ({ from, to }: TimeWindow) => Prisma.sql`
      SELECT "day", SUM("created") AS "created", SUM("complete") AS "complete", SUM("swept") AS "swept",
        SUM("completeBytes") AS "completeBytes", SUM("pending") AS "pending", SUM("failed") AS "failed",
        SUM("completed") AS "completed", SUM("completedBytes") AS "completedBytes"
      FROM "UploadDay" WHERE "day" >= ${dayOf(from)} AND "day" < ${dayOf(to)} GROUP BY "day" ORDER BY "day"`,

    /** Numbers of unfinished uploads before and after their expiry; held bytes, those of partials included. */
    unfinished: ({ from, to }: TimeWindow, now: Date) => Prisma.sql`
      SELECT SUM(CASE WHEN "expiresAt" > ${now} AND COALESCE("concat", '') <> 'partial' THEN 1 ELSE 0 END) AS "live",
        SUM(CASE WHEN "expiresAt" <= ${now} AND COALESCE("concat", '') <> 'partial' THEN 1 ELSE 0 END) AS "late",
        SUM("heldBytes") AS "bytes"
      FROM "ChunkedUpload" WHERE "state" = 'uploading' AND "createdAt" >= ${from} AND "createdAt" < ${to}`,

    /** The conditions are those of a partial index, which takes no parameters. */
    readyToComplete: ({
      afterId,
      limit,
    }: {
      afterId?: string | undefined;
      limit: number;
    }) => Prisma.sql`
      SELECT "id" FROM "ChunkedUpload" WHERE "state" = 'uploading' AND "origin" = 'tus'
      AND ("concat" = 'final' OR ("concat" IS NULL AND "offset" = "size"))
      AND "id" > ${afterId ?? ""} ORDER BY "id" LIMIT ${limit}`,

    usage: (ownerId: string) => Prisma.sql`
      SELECT (SELECT COALESCE(SUM("bytes"), 0) FROM "UploadUsage" WHERE "ownerId" = ${ownerId})
        + (SELECT COALESCE(SUM("heldBytes"), 0) FROM "ChunkedUpload" WHERE "size" IS NULL
           AND "ownerId" = ${ownerId} AND "state" IN ('uploading', 'complete')) AS "bytes"`,
  };
}

/** The UTC day of a time, `YYYY-MM-DD`. */
function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

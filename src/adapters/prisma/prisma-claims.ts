import { UploadError } from "../../core/errors.ts";
import type { Claim, Claims } from "../../core/ports/claims.ts";
import type { ByteRange } from "../../core/ranges.ts";
import { Prisma } from "../../generated/sqlite/client.ts";
import type { DatabaseClient } from "./database-client.ts";
import { translateFailures } from "./database-failures.ts";
import type { DatabaseKind } from "./database-url.ts";
import type { ClaimKey, RawQueries } from "./raw-queries.ts";
import { type notRead, toUpload, type UploadRow } from "./upload-row.ts";

/** Rows stay for so long after their lease, so that a late writer still finds what overtook it. */
const PRUNE_AFTER_MS = 60_000;

type Epoch = { epoch: bigint | number };
type TakenRow = Epoch & { alone: boolean } & UploadRow & Record<keyof typeof notRead, unknown>;

/**
 * Claims as rows. Taking and voiding count as changes of the upload's record (its `version` rises):
 * a commit that was under way when a claim was taken has either been made before `take` answers, or
 * misses its compare and swap. Released claims stay until they are pruned: what they overtook stays
 * overtaken.
 */
export function createPrismaClaims(
  client: DatabaseClient,
  database: { kind: DatabaseKind; sql: RawQueries },
): Claims {
  const { kind, sql } = database;

  return translateFailures<Claims>({
    take,

    async takeFree(uploadId, range, leaseMs) {
      const claim = { uploadId, start: BigInt(range.start), end: BigInt(range.end) };
      if (kind === "sqlite") {
        if ((await alive(uploadId, claim)).length > 0) return null;
        return { claim: await take(uploadId, range, leaseMs), isAlone: false };
      }
      const [row] = await client.$queryRaw<TakenRow[]>(sql.takeFree(claim, leaseMs));
      if (row === undefined) return null;
      const { epoch, alone, filenameFolded, searchText, heldBytes, lastEpoch, ...upload } = row;
      if (upload.state === "deleting") throw new UploadError("NOT_FOUND");
      return {
        claim: { uploadId, range, epoch: Number(epoch) },
        ...{ isAlone: alone, upload: toUpload(upload) },
      };
    },

    async renew(claim, leaseMs) {
      return (await client.$executeRaw(sql.renewClaim(keyOf(claim), leaseMs))) > 0;
    },

    async release({ uploadId, epoch }) {
      const where = { uploadId, epoch: BigInt(epoch) };
      await client.uploadClaim.updateMany({ where, data: { released: true } });
    },

    async olderAlive(claim) {
      return (await client.$queryRaw<unknown[]>(sql.olderAlive(keyOf(claim)))).length > 0;
    },

    async anyAlive(uploadId) {
      return (await client.$queryRaw<unknown[]>(sql.anyAlive(uploadId))).length > 0;
    },

    alive: async (uploadId, range) =>
      alive(uploadId, {
        start: BigInt(range?.start ?? 0),
        end: range === undefined ? null : BigInt(range.end),
      }),

    async voidAll(uploadId) {
      // The first statement waits for claims that are being taken; the second then sees them.
      await client.$transaction([
        client.chunkedUpload.updateMany({
          where: { id: uploadId },
          data: { version: { increment: 1 } },
        }),
        client.uploadClaim.updateMany({ where: { uploadId }, data: { voided: true } }),
      ]);
    },

    async prune() {
      await client.$executeRaw(sql.pruneClaims(PRUNE_AFTER_MS));
    },
  });

  async function take(uploadId: string, range: ByteRange, leaseMs: number): Promise<Claim> {
    const claim = { uploadId, start: BigInt(range.start), end: BigInt(range.end) };
    const rows = await (kind === "postgresql" ? takeInOne : takeInTwo)(claim, leaseMs);
    const row = rows[0];
    if (row === undefined) throw new UploadError("NOT_FOUND");
    return { uploadId, range, epoch: Number(row.epoch) };
  }

  async function alive(
    uploadId: string,
    range: { start: bigint; end: bigint | null },
  ): Promise<number[]> {
    const rows = await client.$queryRaw<Epoch[]>(sql.alive(uploadId, range));
    return rows.map(({ epoch }) => Number(epoch));
  }

  /** The record's row lock serializes concurrent takes: each sees the claims before it. */
  function takeInOne(claim: Omit<ClaimKey, "epoch">, ms: number): Promise<Epoch[]> {
    const insert = sql.insertClaim(claim, { ms, source: Prisma.sql`"next"` });
    return client.$queryRaw<Epoch[]>(
      Prisma.sql`WITH "next" AS (${sql.nextEpoch(claim.uploadId)}) ${insert}`,
    );
  }

  /** SQLite has no update within a query. */
  async function takeInTwo(claim: Omit<ClaimKey, "epoch">, ms: number): Promise<Epoch[]> {
    const insert = sql.insertClaim(claim, { ms, source: Prisma.sql`"ChunkedUpload"` });
    const [, rows] = await client.$transaction([
      client.$queryRaw(sql.nextEpoch(claim.uploadId)),
      client.$queryRaw<Epoch[]>(insert),
    ]);
    return rows;
  }
}

function keyOf({ uploadId, epoch, range }: Claim): ClaimKey {
  return {
    uploadId,
    epoch: BigInt(epoch),
    start: BigInt(range.start),
    end: BigInt(range.end),
  };
}

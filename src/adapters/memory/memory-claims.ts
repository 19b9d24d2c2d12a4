import { UploadError } from "../../core/errors.ts";
import type { Claim, Claims } from "../../core/ports/claims.ts";
import { type ByteRange, overlaps } from "../../core/ranges.ts";
import type { ClaimRow, MemoryTables } from "./memory-tables.ts";

/** Time that rows are kept after their lease, in ms. */
const PRUNE_AFTER_MS = 60_000;

/** Claims in memory. Taking and voiding increment the record's version, as in the databases. */
export function createMemoryClaims(tables: MemoryTables): Claims {
  const { clock } = tables;
  const now = () => clock.now().getTime();
  const rows = (uploadId: string) => tables.claims.get(uploadId) ?? [];
  const find = ({ uploadId, epoch }: Claim) => rows(uploadId).find((row) => row.epoch === epoch);
  const isAlive = (row: ClaimRow) => !row.released && row.until > now();

  function touchRecord(uploadId: string): boolean {
    const upload = tables.uploads.get(uploadId);
    if (upload === undefined) return false;
    tables.uploads.set(uploadId, { ...upload, version: upload.version + 1 });
    return true;
  }

  function take(uploadId: string, range: ByteRange, leaseMs: number): Claim {
    if (!touchRecord(uploadId)) throw new UploadError("NOT_FOUND");
    const epoch = (tables.epochs.get(uploadId) ?? 0) + 1;
    tables.epochs.set(uploadId, epoch);
    const claim: Claim = { uploadId, range: { ...range }, epoch };
    const row = { ...claim, until: now() + leaseMs, released: false, voided: false };
    tables.claims.set(uploadId, [...rows(uploadId), row]);
    return claim;
  }

  return {
    take: async (uploadId, range, leaseMs) => take(uploadId, range, leaseMs),
    async takeFree(uploadId, range, leaseMs) {
      const isTaken = rows(uploadId).some((row) => overlaps(row.range, range) && isAlive(row));
      return isTaken ? null : { claim: take(uploadId, range, leaseMs), isAlone: true };
    },
    async renew(claim, leaseMs) {
      const row = find(claim);
      if (row === undefined || row.released || row.voided) return false;
      const overtaken = rows(claim.uploadId).some(
        (other) => other.epoch > claim.epoch && overlaps(other.range, claim.range),
      );
      if (!overtaken) row.until = now() + leaseMs;
      return !overtaken;
    },
    async release(claim) {
      const row = find(claim);
      if (row !== undefined) row.released = true;
    },
    async olderAlive(claim) {
      return rows(claim.uploadId).some(
        (row) => row.epoch < claim.epoch && overlaps(row.range, claim.range) && isAlive(row),
      );
    },
    anyAlive: async (uploadId) => rows(uploadId).some(isAlive),
    alive: async (uploadId, range) =>
      rows(uploadId)
        .filter((row) => isAlive(row) && (range === undefined || overlaps(row.range, range)))
        .map(({ epoch }) => epoch),
    async voidAll(uploadId) {
      touchRecord(uploadId);
      for (const row of rows(uploadId)) row.voided = true;
    },
    async prune() {
      const oldest = now() - PRUNE_AFTER_MS;
      for (const [uploadId, held] of tables.claims) {
        tables.claims.set(
          uploadId,
          held.filter((row) => row.until >= oldest),
        );
      }
    },
  };
}

import type { UploadStatus } from "../../core/upload.ts";
import type { Prisma } from "../../generated/sqlite/client.ts";

type Where = Prisma.ChunkedUploadWhereInput;

const unfinished = ["uploading", "merged"];

/** The rows that a caller would see in this status at `now`; as `uploadStatus` judges. */
export function statusIs(status: UploadStatus, now: Date): Where {
  const where: Record<UploadStatus, Where> = {
    complete: { state: "complete" },
    uploading: { state: { in: unfinished }, expiresAt: { gt: now } },
    expired: { OR: [{ state: "swept" }, { state: { in: unfinished }, expiresAt: { lte: now } }] },
  };
  return where[status];
}

/** Partial uploads are in no list and no count. (SQL's `NOT` would lose the nulls.) */
export const noPartial: Where = { OR: [{ concat: null }, { concat: { not: "partial" } }] };

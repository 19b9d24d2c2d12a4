import type { UploadFilter } from "../../core/ports/uploads.ts";
import type { UploadStatus } from "../../core/upload.ts";
import type { Prisma } from "../../generated/sqlite/client.ts";
import { foldFilename } from "./filename-search.ts";

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

/** Uploads that are being deleted are invisible to everybody. */
const visible: Where = { state: { not: "deleting" } };

/** Partials of a concatenation stand in no list and no count. (SQL's `NOT` would lose the nulls.) */
export const noPartial: Where = { OR: [{ concat: null }, { concat: { not: "partial" } }] };

/** The rows that match a filter. */
export function matching(filter: UploadFilter & { now: Date }): Where {
  const { ownerId, includeOwnerless, status, search, profile, createdAfter, createdBefore } =
    filter;
  const conditions: Where[] = [
    noPartial,
    status === undefined ? visible : statusIs(status, filter.now),
  ];
  if (ownerId !== undefined) conditions.push({ ownerId });
  else if (includeOwnerless === false) conditions.push({ ownerId: { not: null } });
  if (search !== undefined) conditions.push(searched(search, filter.searchOwners === true));
  if (profile !== undefined) conditions.push({ profile });
  if (createdAfter !== undefined) conditions.push({ createdAt: { gte: createdAfter } });
  if (createdBefore !== undefined) conditions.push({ createdAt: { lt: createdBefore } });
  return { AND: conditions };
}

/** At least the first eight characters of a UUID. */
const uuidStart = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/;

/** `_` in a search term matches any character of an e-mail address: Prisma does not escape LIKE. */
function searched(search: string, owners: boolean): Where {
  const contains = foldFilename(search);
  // A record of an older version has no search text until `refoldTexts` has come to it.
  const inNames: Where = {
    OR: [{ searchText: { contains } }, { searchText: "", filenameFolded: { contains } }],
  };
  const term = search.trim().toLowerCase();
  // Neither ids nor addresses contain these; U+0000 would fail on PostgreSQL, "%" match everything.
  if (!owners || term === "" || /[%\\\p{Cc}]/u.test(term)) return inNames;
  const ids: Where[] = uuidStart.test(term)
    ? [{ ownerId: term }, { id: { startsWith: term } }]
    : [];
  return { OR: [inNames, { owner: { email: { contains: term } } }, ...ids] };
}

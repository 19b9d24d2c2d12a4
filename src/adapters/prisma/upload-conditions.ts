import type { UploadFilter } from "../../core/ports/uploads.ts";
import { Prisma } from "../../generated/sqlite/client.ts";

type Sql = Prisma.Sql;
type Filter = UploadFilter & { now: Date };

const { sql } = Prisma;

/** Partials of a concatenation are in no list and no count. */
const noPartial = sql`("concat" IS NULL OR "concat" <> 'partial')`;

/**
 * The ranges of states that make up a status, each of which has indexes of its own: a query over several
 * is the union of one query per range. Without a status the uploads of all states but "deleting".
 */
export function statusRanges({ status, now }: Filter): { state: Sql | null; rest: Sql[] }[] {
  const unfinished = sql`"state" = 'uploading'`;
  if (status === undefined) return [{ state: null, rest: [sql`"state" <> 'deleting'`, noPartial] }];
  if (status === "complete") return [{ state: sql`"state" = 'complete'`, rest: [noPartial] }];
  if (status === "uploading") {
    return [{ state: unfinished, rest: [sql`"expiresAt" > ${now}`, noPartial] }];
  }
  return [
    { state: sql`"state" = 'swept'`, rest: [noPartial] },
    { state: unfinished, rest: [sql`"expiresAt" <= ${now}`, noPartial] },
  ];
}

/** The conditions of a filter that are neither status nor search. */
export function plainConditions(filter: UploadFilter): {
  owner: Sql[];
  profile: Sql[];
  time: Sql[];
} {
  const { ownerId, includeOwnerless, profile, createdAfter, createdBefore } = filter;
  const owner = ownerId !== undefined ? [sql`"ownerId" = ${ownerId}`] : [];
  if (ownerId === undefined && includeOwnerless === false) owner.push(sql`"ownerId" IS NOT NULL`);
  return {
    owner,
    profile: profile === undefined ? [] : [sql`"profile" = ${profile}`],
    time: [
      ...(createdAfter === undefined ? [] : [sql`"createdAt" >= ${createdAfter}`]),
      ...(createdBefore === undefined ? [] : [sql`"createdAt" < ${createdBefore}`]),
    ],
  };
}

/** All conditions, each in parentheses. True if there are none. */
export function all(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`1 = 1` : Prisma.join(conditions, " AND ");
}

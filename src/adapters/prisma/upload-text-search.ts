import type { UploadFilter } from "../../core/ports/uploads.ts";
import { Prisma } from "../../generated/sqlite/client.ts";
import type { DatabaseClient } from "./database-client.ts";
import type { DatabaseKind } from "./database-url.ts";
import { foldFilename } from "./filename-search.ts";

type Sql = Prisma.Sql;
const { sql } = Prisma;

/** A term has an index from this many characters on. */
const TRIGRAM = 3;
/** So many owners with a matching e-mail address are searched by index. */
const OWNER_LIMIT = 100;
/** A text in more uploads than this is frequent: they are met soon in any order. */
const FREQUENT = 4_000;
/** Uploads with a frequent text that a count looks at. */
const COUNTED = 11_000;
/** At least the first eight characters of a UUID. */
const uuidStart = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/;

/** What `FROM` reads, and the condition. */
interface Source {
  readonly from: Sql;
  readonly where: Sql;
}

/** A search in SQL. */
export interface TextSearch {
  /** Whether a row of "ChunkedUpload" AS u matches; reads the row. */
  readonly matches: Sql;
  /** One per index that finds matching rows; null: there is no index. */
  readonly sources: readonly Source[] | null;
  /** Whether so many rows match that a list finds them without an index. */
  readonly frequent: boolean;
}

const table = sql`"ChunkedUpload" AS u`;

/** Whether the database has an index over the texts that are searched. */
export async function hasTextIndex(client: DatabaseClient, kind: DatabaseKind): Promise<boolean> {
  if (kind === "sqlite") return true;
  const rows = await client.$queryRaw<unknown[]>`
    SELECT 1 AS "found" FROM pg_indexes WHERE schemaname = current_schema()
    AND indexname = 'ChunkedUpload_searchText_trigram'`;
  return rows.length > 0;
}

/** The search of a filter; null without one. Terms below three characters have no index. */
export async function textSearch(
  client: DatabaseClient,
  { search, searchOwners }: UploadFilter,
  { kind, indexed }: { kind: DatabaseKind; indexed: boolean },
): Promise<TextSearch | null> {
  if (search === undefined) return null;
  const folded = foldFilename(search);
  const inText = sql`u."searchText" LIKE ${`%${folded}%`}`;
  const others = searchOwners === true ? await ownedOrNamed(client, search) : [];
  const matches = sql`(${Prisma.join([inText, ...(others ?? [byAddress(search)])], " OR ")})`;
  if (others === null || !indexed || [...folded].length < TRIGRAM) {
    return { matches, sources: null, frequent: true };
  }
  const found = kind === "sqlite" ? inTrigrams(folded) : { from: table, where: inText };
  const probe = sql`SELECT COUNT(*) AS "count" FROM (SELECT 1 FROM ${found.from}
    WHERE ${found.where} LIMIT ${Prisma.raw(String(FREQUENT + 1))}) AS probe`;
  const [row] = await client.$queryRaw<{ count: unknown }[]>(probe);
  const text = kind === "sqlite" ? joined(found, inText) : found;
  const sources = [text, ...others.map((where) => ({ from: table, where }))];
  return { matches, sources, frequent: Number(row?.count ?? 0) > FREQUENT };
}

/** The index holds trigrams without positions: their conjunction is a superset of what contains the term. */
function inTrigrams(folded: string): Source {
  const characters = [...folded];
  const trigrams = characters.slice(0, -2).map((_, at) => characters.slice(at, at + 3).join(""));
  const quoted = [...new Set(trigrams)].map((gram) => `"${gram.replaceAll('"', '""')}"`);
  return {
    from: sql`"UploadTrigram" AS f`,
    where: sql`f."UploadTrigram" MATCH ${quoted.join(" AND ")}`,
  };
}

/** The uploads of a bounded number of entries of the trigram index. */
function joined({ from, where }: Source, inText: Sql): Source {
  return {
    from: sql`(SELECT f.rowid AS "row" FROM ${from} WHERE ${where} LIMIT ${Prisma.raw(String(COUNTED))}) AS f
      CROSS JOIN "UploadText" AS t ON t."row" = f."row"
      CROSS JOIN "ChunkedUpload" AS u ON u."id" = t."uploadId"`,
    where: inText,
  };
}

function patternOf(term: string): string {
  return term.replace(/[%_\\]/g, "\\$&");
}

function byAddress(search: string): Sql {
  const pattern = `%${patternOf(search.trim().toLowerCase())}%`;
  return sql`u."ownerId" IN (SELECT "id" FROM "User" WHERE "email" LIKE ${pattern})`;
}

/**
 * Conditions for uploads of owners with such an e-mail address, with this id, or of this owner. Null
 * when the address of too many owners matches.
 */
async function ownedOrNamed(client: DatabaseClient, search: string): Promise<Sql[] | null> {
  const term = search.trim().toLowerCase();
  // Neither ids nor addresses contain control characters; U+0000 would fail on PostgreSQL.
  if (term === "" || /\p{Cc}/u.test(term)) return [];
  const owners = await client.user.findMany({
    where: { email: { contains: patternOf(term) } },
    select: { id: true },
    take: OWNER_LIMIT + 1,
  });
  if (owners.length > OWNER_LIMIT) return null;
  const conditions: Sql[] = [];
  if (owners.length > 0)
    conditions.push(sql`u."ownerId" IN (${Prisma.join(owners.map(({ id }) => id))})`);
  if (uuidStart.test(term)) {
    conditions.push(sql`(u."id" >= ${term} AND u."id" < ${`${term}~`})`);
    conditions.push(sql`u."ownerId" = ${term}`);
  }
  return conditions;
}

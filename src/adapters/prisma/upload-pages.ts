import type { UploadFilter, UploadQuery } from "../../core/ports/uploads.ts";
import { Prisma } from "../../generated/sqlite/client.ts";
import type { DatabaseClient } from "./database-client.ts";
import type { DatabaseKind } from "./database-url.ts";
import { all, plainConditions, statusRanges } from "./upload-conditions.ts";
import type { Position } from "./upload-cursor.ts";
import { hasTextIndex, type TextSearch, textSearch } from "./upload-text-search.ts";

type Sql = Prisma.Sql;
const { sql, raw } = Prisma;

/** A page is sorted from all matching rows if an index finds no more than this. */
const COLLECTED = 2_000;
/** Rows examined in the order of the list, block by block; then the page ends, full or not. */
const BLOCKS = [150, 1_000, 4_000];

/** Ids of a page in order, one more than asked if there is a next page. */
export interface FoundPage {
  readonly ids: readonly string[];
  /** The row up to which all rows were examined, if the page ended before it was full. */
  readonly examinedTo: string | null;
}

/** Looks up a row's place in the order. */
type PlaceOf = (id: string) => Promise<Position | null>;

/** Finds the ids of matching uploads in a bounded number of rows. */
export class UploadPages {
  readonly #client: DatabaseClient;
  readonly #kind: DatabaseKind;
  #indexed: Promise<boolean> | null = null;

  constructor(client: DatabaseClient, kind: DatabaseKind) {
    this.#client = client;
    this.#kind = kind;
  }

  /**
   * The page after `start`. Rare matches are collected by index and sorted. Frequent matches are found by
   * reading the list in its order. Otherwise the page may be short, and `examinedTo` is the last position
   * that was read.
   */
  async find(query: UploadQuery, start: Position | null, placeOf: PlaceOf): Promise<FoundPage> {
    const search = await this.#search(query);
    const plan = new Plan(query, search);
    if (plan.canCollect) {
      const ids = await this.#ids(plan.collected(start));
      if (ids !== null) return { ids, examinedTo: null };
    }
    return this.#walk(plan, start, placeOf);
  }

  /** How many uploads match, up to `cap`. A search without an index looks at the newest rows only. */
  async count(filter: UploadFilter & { now: Date }, cap: number): Promise<number> {
    const search = await this.#search(filter);
    const plan = new Plan({ ...filter, sort: "createdAt", order: "desc", limit: cap }, search);
    const [row] = await this.#client.$queryRaw<{ count: unknown }[]>(plan.counted(cap));
    return Math.min(cap, Number(row?.count ?? 0));
  }

  async #search(filter: UploadFilter): Promise<TextSearch | null> {
    this.#indexed ??= hasTextIndex(this.#client, this.#kind);
    const indexed = await this.#indexed;
    return textSearch(this.#client, filter, { kind: this.#kind, indexed });
  }

  /** Null when more rows match than are collected. */
  async #ids(query: Sql): Promise<string[] | null> {
    const rows = await this.#client.$queryRaw<{ id: string; total: unknown }[]>(query);
    return Number(rows[0]?.total ?? 0) > COLLECTED ? null : rows.map(({ id }) => id);
  }

  async #walk(plan: Plan, start: Position | null, placeOf: PlaceOf): Promise<FoundPage> {
    const ids: string[] = [];
    const wanted = plan.query.limit + 1;
    let after = start;
    for (const size of BLOCKS) {
      const rows = await this.#client.$queryRaw<{ id: string; last: unknown }[]>(
        plan.block(after, { size, wanted: wanted - ids.length }),
      );
      ids.push(...rows.filter(({ last }) => Number(last) === 0).map(({ id }) => id));
      const last = rows.find((row) => Number(row.last) > 0);
      if (ids.length >= wanted) return { ids, examinedTo: null };
      if (last === undefined || Number(last.last) < size) {
        if (plan.query.sort !== "size" || after?.value === null) return { ids, examinedTo: null };
        // Uploads of unknown size follow all others.
        after = { value: null, id: plan.query.order === "asc" ? "" : "~" };
      } else after = await placeOf(last.id);
      if (after === null) break;
    }
    return this.#rest(plan, { ids, after, wanted });
  }

  async #rest(
    plan: Plan,
    { ids, after, wanted }: { ids: string[]; after: Position | null; wanted: number },
  ): Promise<FoundPage> {
    if (after === null) return { ids, examinedTo: null };
    // At the start of the unknown sizes no row's place is a cursor: a short block finds the next rows.
    if (after.id !== "" && after.id !== "~") return { ids, examinedTo: after.id };
    const ask = { size: BLOCKS[0] ?? 1, wanted: wanted - ids.length };
    const rows = await this.#client.$queryRaw<{ id: string; last: unknown }[]>(
      plan.block(after, ask),
    );
    const more = rows.filter(({ last }) => Number(last) === 0).map(({ id }) => id);
    const last = rows.find((row) => Number(row.last) >= ask.size);
    return { ids: [...ids, ...more], examinedTo: last?.id ?? null };
  }
}

/** A query in SQL: over rows that an index finds, or in the order of the list. */
class Plan {
  readonly query: UploadQuery;
  readonly #search: TextSearch | null;
  readonly #ranges;
  readonly #plain;

  constructor(query: UploadQuery, search: TextSearch | null) {
    this.query = query;
    this.#search = search;
    this.#ranges = statusRanges(query);
    this.#plain = plainConditions(query);
  }

  /** Whether an index may find the matching rows; not where the order's own index does. */
  get canCollect(): boolean {
    const { ownerId, profile, createdAfter, createdBefore, sort, status } = this.query;
    if (this.#search !== null) return !this.#search.frequent;
    const windowed = createdAfter !== undefined || createdBefore !== undefined;
    if (status === "expired" || profile !== undefined) return true;
    return sort !== "createdAt" && (ownerId !== undefined || windowed);
  }

  get #sources() {
    const whole = { from: sql`"ChunkedUpload" AS u`, where: this.#search?.matches ?? sql`1 = 1` };
    return this.#search?.sources ?? [whole];
  }

  get #key(): Sql {
    const columns = { createdAt: "createdAt", filename: "filenameFolded", size: "size" };
    return raw(`"${columns[this.query.sort]}"`);
  }

  /** Ids after `start` in order, with the number of rows that were collected. */
  collected(start: Position | null): Sql {
    const { owner, profile, time } = this.#plain;
    const after = this.#after(start, true);
    const parts = this.#ranges.flatMap(({ state, rest }) =>
      this.#sources.map(({ from, where }) => {
        const conditions = [
          where,
          ...(state ? [state] : []),
          ...rest,
          ...owner,
          ...profile,
          ...time,
        ];
        return sql`SELECT * FROM (SELECT "id", u.${this.#key} AS "k" FROM ${from}
          WHERE ${all([...conditions, ...after])} LIMIT ${raw(String(COLLECTED + 1))}) AS part`;
      }),
    );
    return sql`WITH "found" AS MATERIALIZED (${Prisma.join(parts, " UNION ")})
      SELECT "id", (SELECT COUNT(*) FROM "found") AS "total" FROM "found"
      ORDER BY "k" IS NULL, ${this.#order(sql`"k"`)} LIMIT ${raw(String(this.query.limit + 1))}`;
  }

  counted(cap: number): Sql {
    const { owner, profile, time } = this.#plain;
    const plain = [...owner, ...profile, ...time];
    if (this.#search !== null && this.#search.sources === null) {
      const block = this.#candidates(null, BLOCKS.at(-1) ?? 0);
      return sql`SELECT COUNT(*) AS "count" FROM (${block}) AS c WHERE "hit" = 1`;
    }
    const parts = this.#ranges.flatMap(({ state, rest }) =>
      this.#sources.map(({ from, where }) => {
        const conditions = [where, ...(state ? [state] : []), ...rest, ...plain];
        return sql`SELECT * FROM (SELECT "id" FROM ${from} WHERE ${all(conditions)} LIMIT ${raw(String(cap))}) AS part`;
      }),
    );
    const union = parts.length === 1 ? parts[0] : Prisma.join(parts, " UNION ");
    return sql`SELECT COUNT(*) AS "count" FROM (${union}) AS matching`;
  }

  /** The matching rows among the next `size` ones, and the last of these with their number as `last`. */
  block(after: Position | null, { size, wanted }: { size: number; wanted: number }): Sql {
    const order = this.#order(sql`"k"`);
    return sql`WITH "c" AS MATERIALIZED (${this.#candidates(after, size)})
      SELECT "id", "last" FROM (
        SELECT * FROM (SELECT "id", "k", 0 AS "last" FROM "c" WHERE "hit" = 1 ORDER BY ${order} LIMIT ${raw(String(wanted))}) AS hits
        UNION ALL
        SELECT * FROM (SELECT "id", "k", (SELECT COUNT(*) FROM "c") AS "last" FROM "c" ORDER BY ${this.#order(sql`"k"`, true)} LIMIT 1) AS farthest
      ) AS "rows" ORDER BY "last", ${order}`;
  }

  /** The next `size` rows of the list's index with whether they match. */
  #candidates(after: Position | null, size: number): Sql {
    const { owner, profile, time } = this.#plain;
    const byTime = this.query.sort === "createdAt";
    const ownIndex = byTime && this.query.ownerId !== undefined;
    const direct = [...(ownIndex ? owner : []), ...(byTime ? time : [])];
    const search = this.#search === null ? [] : [this.#search.matches];
    const others = [...(ownIndex ? [] : owner), ...profile, ...(byTime ? [] : time), ...search];
    const parts = this.#ranges.map(({ state, rest }) => {
      const where = [...(state ? [state] : []), ...direct, ...this.#after(after, false)];
      return sql`SELECT * FROM (SELECT "id", u.${this.#key} AS "k",
        CASE WHEN ${all([...rest, ...others])} THEN 1 ELSE 0 END AS "hit"
        FROM "ChunkedUpload" AS u WHERE ${all(where)}
        ORDER BY ${this.#order(sql`u.${this.#key}`)} LIMIT ${raw(String(size))}) AS part`;
    });
    if (parts.length === 1) return sql`${parts[0]}`;
    return sql`${Prisma.join(parts, " UNION ALL ")} ORDER BY ${this.#order(sql`"k"`)} LIMIT ${raw(String(size))}`;
  }

  /** The rows after a position. With `everything` the rows of unknown size follow the others, else they do not. */
  #after(position: Position | null, everything: boolean): Sql[] {
    const { sort, order } = this.query;
    const past = raw(order === "asc" ? ">" : "<");
    if (sort !== "size") {
      if (position === null) return [];
      const value =
        sort === "createdAt" ? new Date(Number(position.value)) : String(position.value);
      return [sql`(u.${this.#key}, u."id") ${past} (${value}, ${position.id})`];
    }
    if (position === null) return everything ? [] : [sql`u."size" IS NOT NULL`];
    if (position.value === null) return [sql`u."size" IS NULL`, sql`u."id" ${past} ${position.id}`];
    const beyond = sql`(u."size", u."id") ${past} (${BigInt(position.value)}, ${position.id})`;
    return [everything ? sql`(${beyond} OR u."size" IS NULL)` : beyond];
  }

  #order(key: Sql, reversed = false): Sql {
    const direction = raw((this.query.order === "asc") === reversed ? "DESC" : "ASC");
    return sql`${key} ${direction}, "id" ${direction}`;
  }
}

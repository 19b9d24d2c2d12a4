import type { ClaimGuard, UploadChanges, UploadQuery, Uploads } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import type { Prisma } from "../../generated/sqlite/client.ts";
import type { Sqlite } from "../sqlite/sqlite.ts";
import { commitChunk, isChunkCommit } from "./chunk-commit.ts";
import type { DatabaseClient } from "./database-client.ts";
import { isRecordMissing, translateFailures } from "./database-failures.ts";
import type { DatabaseKind } from "./database-url.ts";
import { existingUploads } from "./existing-uploads.ts";
import { guardedUpdate } from "./guarded-update.ts";
import type { RawQueries } from "./raw-queries.ts";
import { cursorOf, isCut, type Position, positionOf, readCursor } from "./upload-cursor.ts";
import { statusIs } from "./upload-filter.ts";
import { UploadPages } from "./upload-pages.ts";
import { notRead, toRow, toRowChanges, toUpload } from "./upload-row.ts";
import { uploadStats } from "./upload-stats.ts";

type Where = Prisma.ChunkedUploadWhereInput;
type Page = { afterId?: string | undefined; limit: number };

interface Clients {
  readonly client: DatabaseClient;
  readonly lists: DatabaseClient;
  readonly sql: RawQueries;
  readonly kind: DatabaseKind;
  /** The file behind the clients; null for PostgreSQL. */
  readonly sqlite: Sqlite | null;
}

/** How many uploads `resumable` answers at most. */
const RESUMABLE_LIMIT = 20;

/** The records of uploads in either database. Reads of many rows go through `lists`. */
export function createPrismaUploads({ client, lists, sql, kind, sqlite }: Clients): Uploads {
  const guardsInOne = kind === "postgresql";
  const table = client.chunkedUpload;
  const many = lists.chunkedUpload;
  const pages = new UploadPages(lists, kind);

  async function byId(where: Where, page: Page): Promise<Upload[]> {
    const after: Where = page.afterId === undefined ? {} : { id: { gt: page.afterId } };
    const rows = await many.findMany({
      where: { AND: [where, after] },
      omit: notRead,
      orderBy: { id: "asc" },
      take: page.limit,
    });
    return rows.map(toUpload);
  }

  /** The uploads whose ids a query returns, in order of id. */
  async function byIds(query: Prisma.Sql): Promise<Upload[]> {
    const ids = (await lists.$queryRaw<{ id: string }[]>(query)).map(({ id }) => id);
    return ids.length === 0 ? [] : byId({ id: { in: ids } }, { limit: ids.length });
  }

  /** Where a page starts. A long name is whole again as long as its row is there. */
  async function startOf(query: UploadQuery): Promise<Position | null> {
    const position = readCursor(query);
    if (position === null || !isCut(position)) return position;
    const where = { id: position.id };
    const row = await table.findUnique({ where, select: { filenameFolded: true } });
    return row === null ? position : { ...position, value: row.filenameFolded };
  }

  async function placeOf(id: string, query: UploadQuery): Promise<Position | null> {
    const row = await many.findUnique({ where: { id } });
    return row === null ? null : positionOf(row, query);
  }

  const repository = translateFailures<Uploads>({
    async insert(upload) {
      await table.create({ data: toRow(upload), select: { id: true } });
    },

    async find(id) {
      // An id never contains U+0000, and PostgreSQL would refuse the query.
      if (id.includes("\u0000")) return null;
      const row = await table.findUnique({ where: { id }, omit: notRead });
      return row === null ? null : toUpload(row);
    },

    async update(upload, changes, guard) {
      const data = nextVersion(upload, changes);
      if (guard !== undefined && guardsInOne) {
        const updatedAt = new Date();
        const statement = guardedUpdate(upload, data, { guard, updatedAt });
        const done = await client.$queryRaw<unknown[]>(statement);
        return done.length === 0 ? null : merged(upload, { changes, updatedAt });
      }
      if (guard === undefined && sqlite !== null && isChunkCommit(changes)) {
        const updatedAt = new Date();
        const done = await commitChunk(sqlite, upload, { changes, updatedAt });
        return done ? merged(upload, { changes, updatedAt }) : null;
      }
      const where = { id: upload.id, version: upload.version, ...(guard && stillClaimed(guard)) };
      const select = { updatedAt: true } as const;
      const [row] = await table.updateManyAndReturn({ where, data, select });
      return row === undefined ? null : merged(upload, { changes, updatedAt: row.updatedAt });
    },

    async updateWithOutbox(upload, changes, due) {
      // A nested create runs in the update's own transaction and only if the update matched.
      const data = { ...nextVersion(upload, changes), outbox: { create: { dueAt: due } } };
      const where = { id: upload.id, version: upload.version };
      try {
        return toUpload(await table.update({ where, data, omit: notRead }));
      } catch (error) {
        if (isRecordMissing(error)) return null;
        throw error;
      }
    },

    async remove(id) {
      await table.deleteMany({ where: { id } });
    },

    async list(query) {
      const start = await startOf(query);
      const { ids, examinedTo } = await pages.find(query, start, (id) => placeOf(id, query));
      const wanted = [...ids.slice(0, query.limit), ...(examinedTo === null ? [] : [examinedTo])];
      const rows = await many.findMany({
        where: { id: { in: wanted } },
        omit: { searchText: true, heldBytes: true, lastEpoch: true },
      });
      const byId = new Map(rows.map((row) => [row.id, row]));
      // A row that was removed between the two queries is left out.
      const items = ids.slice(0, query.limit).flatMap((id) => byId.get(id) ?? []);
      const last = ids.length > query.limit ? items.at(-1) : byId.get(examinedTo ?? "");
      return {
        items: items.map(({ filenameFolded: _, ...row }) => toUpload(row)),
        nextCursor: last === undefined ? null : cursorOf(last, query),
      };
    },

    count: (filter, cap) => pages.count(filter, cap),

    async resumable({ ownerId, filename, size, now }) {
      const rows = await table.findMany({
        where: {
          ...{ ownerId, filename, size: BigInt(size), concat: null },
          ...statusIs("uploading", now),
        },
        omit: notRead,
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: RESUMABLE_LIMIT,
      });
      return rows.map(toUpload);
    },

    existing: (ownerId, files) => existingUploads(client, ownerId, files),
    async known(ids) {
      const rows = await table.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
      return new Set(rows.map(({ id }) => id));
    },

    async usage(ownerId) {
      const [row] = await lists.$queryRaw<{ bytes: unknown }[]>(sql.usage(ownerId));
      return Number(row?.bytes ?? 0);
    },

    expired(now, { swept, ...page }) {
      const state = { in: ["uploading", "merged", ...(swept ? ["swept"] : [])] };
      return byId({ state, expiresAt: { lte: now } }, page);
    },
    unsettled: (page) =>
      byId({ OR: [{ state: "deleting" }, { state: "complete", finished: false }] }, page),
    readyToComplete: (page) => byIds(sql.readyToComplete(page)),
    completed: (page) => byId({ state: "complete" }, page),
    stats: (window) => uploadStats(lists, sql, window),
  });
  return { ...repository, guardsInOne };
}

function nextVersion(upload: Upload, changes: UploadChanges) {
  return { ...toRowChanges(upload, changes), version: upload.version + 1 };
}

/**
 * The record after a change. The version matched: all else is as it was, and need not be read again
 * (that would take a third of the time of a commit).
 */
function merged(upload: Upload, now: { changes: UploadChanges; updatedAt: Date }): Upload {
  const set = Object.entries(now.changes).filter(([, value]) => value !== undefined);
  return {
    ...upload,
    ...Object.fromEntries(set),
    version: upload.version + 1,
    updatedAt: now.updatedAt,
  };
}

/** True if the guard's claim is still held and no newer claim overlaps its range. */
function stillClaimed({ epoch, range }: ClaimGuard): Where {
  if (epoch === null) return {};
  const newer = {
    epoch: { gt: BigInt(epoch) },
    start: { lt: BigInt(range.end) },
    end: { gt: BigInt(range.start) },
  };
  return {
    claims: { some: { epoch: BigInt(epoch), voided: false, released: false }, none: newer },
  };
}

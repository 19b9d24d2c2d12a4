import type { ClaimGuard, UploadChanges, UploadQuery, Uploads } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import type { Prisma } from "../../generated/sqlite/client.ts";
import type { DatabaseClient } from "./database-client.ts";
import { isRecordMissing, translateFailures } from "./database-failures.ts";
import { existingUploads } from "./existing-uploads.ts";
import type { RawQueries } from "./raw-queries.ts";
import {
  afterPosition,
  cursorOf,
  isCut,
  orderOf,
  type Position,
  readCursor,
} from "./upload-cursor.ts";
import { matching, statusIs } from "./upload-filter.ts";
import { notRead, toRow, toRowChanges, toUpload } from "./upload-row.ts";
import { uploadStats } from "./upload-stats.ts";

type Where = Prisma.ChunkedUploadWhereInput;
type Page = { afterId?: string | undefined; limit: number };

interface Clients {
  readonly client: DatabaseClient;
  readonly lists: DatabaseClient;
  readonly sql: RawQueries;
}

/** How many uploads `resumable` answers at most. */
const RESUMABLE_LIMIT = 20;

/** The records of uploads in either database. Reads of many rows go through `lists`. */
export function createPrismaUploads({ client, lists, sql }: Clients): Uploads {
  const table = client.chunkedUpload;
  const many = lists.chunkedUpload;

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

  /** Where a page starts. A long name is whole again as long as its row is there. */
  async function startOf(query: UploadQuery): Promise<Position | null> {
    const position = readCursor(query);
    if (position === null || !isCut(position)) return position;
    const where = { id: position.id };
    const row = await table.findUnique({ where, select: { filenameFolded: true } });
    return row === null ? position : { ...position, value: row.filenameFolded };
  }

  return translateFailures<Uploads>({
    async insert(upload) {
      await table.create({ data: toRow(upload), select: { id: true } });
    },

    async find(id) {
      // U+0000 stands in no id, and PostgreSQL would refuse the question.
      if (id.includes("\u0000")) return null;
      const row = await table.findUnique({ where: { id }, omit: notRead });
      return row === null ? null : toUpload(row);
    },

    async update(upload, changes, guard) {
      const where = { id: upload.id, version: upload.version, ...(guard && stillClaimed(guard)) };
      const data = nextVersion(upload, changes);
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
      const rows = await many.findMany({
        where: { AND: [matching(query), afterPosition(start, query)] },
        omit: { searchText: true, heldBytes: true, lastEpoch: true },
        orderBy: orderOf(query),
        take: query.limit + 1,
      });
      const items = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? items.at(-1) : undefined;
      return {
        items: items.map(({ filenameFolded: _, ...row }) => toUpload(row)),
        nextCursor: last === undefined ? null : cursorOf(last, query),
      };
    },

    async count(filter, cap) {
      return many.count({ where: matching(filter), take: cap });
    },

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
      const counted: Where = { ownerId, state: { in: ["uploading", "complete"] } };
      const [declared, deferred] = await Promise.all([
        many.aggregate({ where: counted, _sum: { size: true } }),
        many.aggregate({ where: { ...counted, size: null }, _sum: { heldBytes: true } }),
      ]);
      return Number(declared._sum.size ?? 0n) + Number(deferred._sum.heldBytes ?? 0n);
    },

    expired(now, { swept, ...page }) {
      const state = { in: ["uploading", "merged", ...(swept ? ["swept"] : [])] };
      return byId({ state, expiresAt: { lte: now } }, page);
    },
    unsettled: (page) =>
      byId({ OR: [{ state: "deleting" }, { state: "complete", finished: false }] }, page),
    ripe: (page) => {
      const whole: Where = { concat: null, offset: { equals: table.fields.size } };
      const ready: Where = { OR: [{ concat: "final" }, whole] };
      return byId({ state: "uploading", origin: "tus", ...ready }, page);
    },
    completed: (page) => byId({ state: "complete" }, page),
    stats: (window) => uploadStats(lists, sql, window),

    async probe() {
      const row = { name: "probe", holder: "probe", until: new Date(0) };
      await client.lease.upsert({ where: { name: row.name }, create: row, update: row });
      await client.lease.deleteMany({ where: { name: row.name } });
    },
  });
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

/** That the guard's claim stands, and that no newer one overlaps its range. */
function stillClaimed({ epoch, range }: ClaimGuard): Where {
  const newer = {
    epoch: { gt: BigInt(epoch) },
    start: { lt: BigInt(range.end) },
    end: { gt: BigInt(range.start) },
  };
  return {
    claims: { some: { epoch: BigInt(epoch), voided: false, released: false }, none: newer },
  };
}

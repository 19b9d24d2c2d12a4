import type { ClaimGuard, UploadChanges, Uploads } from "../../core/ports/uploads.ts";
import { overlaps } from "../../core/ranges.ts";
import { type Upload, uploadStatus } from "../../core/upload.ts";
import type { MemoryTables } from "./memory-tables.ts";
import { matches, pageOf } from "./memory-upload-list.ts";
import { heldBytes, statsOf } from "./memory-upload-stats.ts";

/** Maximum number of uploads that `resumable` returns. */
const RESUMABLE_LIMIT = 20;
/** Maximum number of uploads that `existing` returns for one file. */
const EXISTING_LIMIT = 5;

/** The records of uploads in a Map. Returned records are never mutated. */
export function createMemoryUploads(tables: MemoryTables): Uploads {
  const { uploads, clock } = tables;
  const all = () => [...uploads.values()];
  const emailOf = ({ ownerId }: Upload) => tables.users.get(ownerId ?? "")?.email ?? "";

  function byId(
    wanted: (upload: Upload) => boolean,
    page: { afterId?: string | undefined; limit: number },
  ): Upload[] {
    const { afterId = "", limit } = page;
    return all()
      .filter((upload) => upload.id > afterId && wanted(upload))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  function swap(upload: Upload, changes: UploadChanges): Upload | null {
    const held = uploads.get(upload.id);
    if (held?.version !== upload.version) return null;
    const set = Object.entries(changes).filter(([, value]) => value !== undefined);
    const next: Upload = {
      ...held,
      ...structuredClone(Object.fromEntries(set)),
      version: held.version + 1,
      updatedAt: clock.now(),
    };
    uploads.set(next.id, next);
    return next;
  }

  return {
    async insert(upload) {
      if (uploads.has(upload.id)) throw new Error(`The upload ${upload.id} exists already.`);
      uploads.set(upload.id, structuredClone(upload));
    },
    find: async (id) => uploads.get(id) ?? null,
    async update(upload, changes, guard) {
      return guard === undefined || stands(tables, upload.id, guard) ? swap(upload, changes) : null;
    },
    async updateWithOutbox(upload, changes, due) {
      const next = swap(upload, changes);
      if (next === null) return null;
      const entry = { id: tables.ids.newId(), uploadId: next.id, attempts: 0, dueAt: due };
      tables.outbox.set(next.id, { ...entry, heldUntil: null });
      return next;
    },
    async remove(id) {
      uploads.delete(id);
      for (const table of [tables.claims, tables.epochs, tables.outbox]) table.delete(id);
    },
    list: async (query) => pageOf(all(), query, emailOf),
    async count(filter, cap) {
      return Math.min(cap, all().filter((upload) => matches(upload, filter, emailOf)).length);
    },
    async resumable({ ownerId, filename, size, now }) {
      return all()
        .filter((upload) => upload.ownerId === ownerId && upload.filename === filename)
        .filter((upload) => upload.size === size && upload.state === "uploading")
        .filter((upload) => upload.concat === null)
        .filter((upload) => uploadStatus(upload, now) === "uploading")
        .sort(newestFirst)
        .slice(0, RESUMABLE_LIMIT);
    },
    async existing(ownerId, files) {
      return files.map((file) =>
        all()
          .filter((upload) => upload.ownerId === ownerId && upload.state === "complete")
          .filter(({ concat }) => concat !== "partial")
          .filter(({ filename, path }) => filename === file.filename && path === file.path)
          .filter(({ size }) => size === file.size)
          .sort(newestFirst)
          .slice(0, EXISTING_LIMIT),
      );
    },
    async known(ids) {
      const wanted = new Set(ids);
      return new Set(all().flatMap(({ id }) => (wanted.has(id) ? [id] : [])));
    },
    async usage(ownerId) {
      return all()
        .filter((upload) => upload.ownerId === ownerId)
        .filter(({ state }) => state === "uploading" || state === "complete")
        .reduce((total, upload) => total + (upload.size ?? heldBytes(upload)), 0);
    },
    expired: async (now, { swept, ...page }) =>
      byId(
        ({ state, expiresAt }) =>
          (mayExpire(state) || (swept === true && state === "swept")) && expiresAt <= now,
        page,
      ),
    unsettled: async (page) =>
      byId(
        ({ state, finished }) => state === "deleting" || (state === "complete" && !finished),
        page,
      ),
    readyToComplete: async (page) => byId(isReadyToComplete, page),
    completed: async (page) => byId(({ state }) => state === "complete", page),
    stats: async (window) => statsOf(all(), window),
  };
}

function newestFirst(a: Upload, b: Upload): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}

/** A merged partial upload expires too: its record remains although its final upload has its bytes. */
function mayExpire(state: Upload["state"]): boolean {
  return state === "uploading" || state === "merged";
}

function isReadyToComplete({ state, origin, concat, offset, size }: Upload): boolean {
  if (state !== "uploading" || origin !== "tus" || concat === "partial") return false;
  return concat === "final" || offset === size;
}

/** Whether the guard's claim is valid and no newer claim overlaps its range. */
function stands(tables: MemoryTables, uploadId: string, { epoch, range }: ClaimGuard): boolean {
  const claims = tables.claims.get(uploadId) ?? [];
  if (epoch === null) return true;
  const mine = claims.some((claim) => claim.epoch === epoch && !claim.voided && !claim.released);
  return mine && !claims.some((claim) => claim.epoch > epoch && overlaps(claim.range, range));
}

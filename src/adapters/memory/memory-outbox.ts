import type { Outbox, OutboxEntry } from "../../core/ports/outbox.ts";
import type { MemoryTables, OutboxRow } from "./memory-tables.ts";

/** Completions to be delivered to `onComplete`, in memory. */
export function createMemoryOutbox(tables: MemoryTables): Outbox {
  const rows = () => [...tables.outbox.values()];
  const find = (id: string) => rows().find((row) => row.id === id);
  const isFree = (row: OutboxRow, now: Date) => row.heldUntil === null || row.heldUntil <= now;

  return {
    async due(now, limit) {
      return rows()
        .filter((row) => row.dueAt <= now && isFree(row, now))
        .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map(toEntry);
    },
    async findByUpload(uploadId) {
      const row = tables.outbox.get(uploadId);
      return row === undefined ? null : toEntry(row);
    },
    async lease(entry, { now, until }) {
      const row = find(entry.id);
      if (row === undefined || row.attempts !== entry.attempts || !isFree(row, now)) return false;
      row.heldUntil = until;
      return true;
    },
    async renew(id, { held, until }) {
      const row = find(id);
      if (row?.heldUntil?.getTime() !== held.getTime()) return false;
      row.heldUntil = until;
      return true;
    },
    async done(id) {
      const row = find(id);
      if (row !== undefined) tables.outbox.delete(row.uploadId);
    },
    async failed(id, { held, dueAt }) {
      const row = find(id);
      if (row?.heldUntil?.getTime() !== held.getTime()) return;
      const attempts = row.attempts + 1;
      tables.outbox.set(row.uploadId, { ...row, attempts, dueAt, heldUntil: null });
    },
  };
}

function toEntry({ id, uploadId, attempts, dueAt }: OutboxRow): OutboxEntry {
  return { id, uploadId, attempts, dueAt };
}

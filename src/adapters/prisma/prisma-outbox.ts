import type { Outbox, OutboxEntry } from "../../core/ports/outbox.ts";
import type { DatabaseClient } from "./database-client.ts";
import { translateFailures } from "./database-failures.ts";

type Row = { id: string; uploadId: string; attempts: number; dueAt: Date | null };

const columns = { id: true, uploadId: true, attempts: true, dueAt: true } as const;

/** When an entry is due that an earlier version gave up: after every other time. */
const NEVER = new Date(8.64e15);

/** Completions owed to `onComplete`. Holding one is a lease: it ends by itself when its instance dies. */
export function createPrismaOutbox(client: DatabaseClient): Outbox {
  const table = client.outboxEntry;
  const freeAt = (now: Date) => ({ OR: [{ heldUntil: null }, { heldUntil: { lte: now } }] });

  return translateFailures<Outbox>({
    async due(now, limit) {
      const rows = await table.findMany({
        where: { dueAt: { lte: now }, ...freeAt(now) },
        select: columns,
        orderBy: [{ dueAt: "asc" }, { id: "asc" }],
        take: limit,
      });
      return rows.map(toEntry);
    },

    async findByUpload(uploadId) {
      const row = await table.findUnique({ where: { uploadId }, select: columns });
      return row === null ? null : toEntry(row);
    },

    async lease(entry, { now, until }) {
      // The number of attempts shows whether another delivery failed since the entry was read.
      const { count } = await table.updateMany({
        where: { id: entry.id, attempts: entry.attempts, ...freeAt(now) },
        data: { heldUntil: until },
      });
      return count === 1;
    },

    async renew(id, { held, until }) {
      const where = { id, heldUntil: held };
      return (await table.updateMany({ where, data: { heldUntil: until } })).count === 1;
    },

    async done(id) {
      await table.deleteMany({ where: { id } });
    },

    async failed(id, { held, dueAt }) {
      const data = { attempts: { increment: 1 }, dueAt, heldUntil: null };
      await table.updateMany({ where: { id, heldUntil: held }, data });
    },
  });
}

function toEntry({ dueAt, ...row }: Row): OutboxEntry {
  return { ...row, dueAt: dueAt ?? NEVER };
}

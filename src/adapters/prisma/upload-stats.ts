import type { UploadStats } from "../../core/ports/uploads.ts";
import type { UploadStatus } from "../../core/upload.ts";
import type { DatabaseClient } from "./database-client.ts";
import type { RawQueries, TimeWindow } from "./raw-queries.ts";
import { noPartial, statusIs } from "./upload-filter.ts";

type Daily = { day: string; created: unknown; completed: unknown; bytes: unknown };

/** Sums over uploads; the window is half-open, and open where it names no end. */
export async function uploadStats(
  client: DatabaseClient,
  sql: RawQueries,
  ask: { from?: Date | undefined; to?: Date | undefined; now: Date },
): Promise<UploadStats> {
  const window: TimeWindow = {
    from: ask.from ?? new Date(0),
    to: ask.to ?? new Date("9999-12-31"),
  };
  const created = { createdAt: { gte: window.from, lt: window.to } };
  const table = client.chunkedUpload;
  const count = (status: UploadStatus) =>
    table.count({ where: { AND: [created, noPartial, statusIs(status, ask.now)] } });

  const [uploading, complete, expired, held, completions, days] = await Promise.all([
    count("uploading"),
    count("complete"),
    count("expired"),
    table.groupBy({ by: ["state"], where: created, _sum: { heldBytes: true } }),
    table.groupBy({ by: ["completion"], where: { ...created, state: "complete" }, _count: true }),
    client.$queryRaw<Daily[]>(sql.daily(window)),
  ]);

  const bytesIn = (state: string) =>
    Number(held.find((group) => group.state === state)?._sum.heldBytes ?? 0);
  const completionsIn = (state: string) =>
    completions.find((group) => group.completion === state)?._count ?? 0;
  return {
    byStatus: { uploading, complete, expired },
    bytes: { uploading: bytesIn("uploading"), complete: bytesIn("complete") },
    completions: { pending: completionsIn("pending"), failed: completionsIn("failed") },
    daily: days.map((row) => ({
      day: row.day,
      created: Number(row.created),
      completed: Number(row.completed),
      completedBytes: Number(row.bytes),
    })),
  };
}

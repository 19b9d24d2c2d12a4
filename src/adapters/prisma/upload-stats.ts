import type { UploadStats } from "../../core/ports/uploads.ts";
import type { DatabaseClient } from "./database-client.ts";
import type { RawQueries, TimeWindow } from "./raw-queries.ts";

const DAY_MS = 86_400_000;

type Row<Name extends string> = Readonly<Record<Name, unknown>>;
type Counted = "created" | "complete" | "swept" | "completeBytes" | "pending" | "failed";
type Day = { readonly day: string } & Row<Counted | "completed" | "completedBytes">;

/**
 * Sums of the counters of whole UTC days, and of the unfinished uploads, whose status depends on the
 * time. The window is half-open, open where it names no end, and widened to whole days.
 */
export async function uploadStats(
  client: DatabaseClient,
  sql: RawQueries,
  ask: { from?: Date | undefined; to?: Date | undefined; now: Date },
): Promise<UploadStats> {
  const window: TimeWindow = {
    from: new Date(Math.floor((ask.from?.getTime() ?? 0) / DAY_MS) * DAY_MS),
    to: new Date(Math.ceil((ask.to ?? new Date("9999-12-31")).getTime() / DAY_MS) * DAY_MS),
  };
  const [days, [open]] = await Promise.all([
    client.$queryRaw<Day[]>(sql.days(window)),
    client.$queryRaw<Row<"live" | "late" | "bytes">[]>(sql.unfinished(window, ask.now)),
  ]);
  const total = (name: Counted) => days.reduce((sum, row) => sum + Number(row[name]), 0);
  return {
    byStatus: {
      uploading: Number(open?.live ?? 0),
      complete: total("complete"),
      expired: total("swept") + Number(open?.late ?? 0),
    },
    bytes: { uploading: Number(open?.bytes ?? 0), complete: total("completeBytes") },
    completions: { pending: total("pending"), failed: total("failed") },
    daily: days
      .map((row) => ({
        day: row.day,
        created: Number(row.created),
        completed: Number(row.completed),
        completedBytes: Number(row.completedBytes),
      }))
      .filter(({ created, completed }) => created > 0 || completed > 0),
  };
}

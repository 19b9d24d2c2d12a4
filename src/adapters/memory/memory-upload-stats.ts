import type { UploadStats } from "../../core/ports/uploads.ts";
import { totalLength } from "../../core/ranges.ts";
import { type Upload, uploadStatus } from "../../core/upload.ts";
import { isWithin } from "./memory-upload-list.ts";

/** Number of bytes that an upload holds. */
export function heldBytes(upload: Upload): number {
  return upload.offset + totalLength(upload.beyond);
}

const DAY_MS = 86_400_000;

/** The whole UTC days that a window touches. */
function wholeDays({ from, to }: { from?: Date | undefined; to?: Date | undefined }) {
  const at = (time: Date, round: (days: number) => number) =>
    new Date(round(time.getTime() / DAY_MS) * DAY_MS);
  return { from: from && at(from, Math.floor), to: to && at(to, Math.ceil) };
}

/** Sums over uploads; the window is half-open and widened to whole UTC days. */
export function statsOf(
  uploads: Iterable<Upload>,
  ask: { from?: Date | undefined; to?: Date | undefined; now: Date },
): UploadStats {
  const window = wholeDays(ask);
  const held = [...uploads].filter(({ state }) => state !== "deleting");
  const visible = held.filter(({ concat }) => concat !== "partial");
  const created = visible.filter((upload) => isWithin(upload.createdAt, window));
  const completed = visible.filter(
    ({ state, completedAt }) =>
      state === "complete" && completedAt !== null && isWithin(completedAt, window),
  );
  const inStatus = (status: string) =>
    created.filter((upload) => uploadStatus(upload, ask.now) === status).length;
  const bytesIn = (state: string) =>
    sum(
      held
        .filter((upload) => upload.state === state && isWithin(upload.createdAt, window))
        .map(heldBytes),
    );
  const completions = (state: string) =>
    created.filter((upload) => upload.state === "complete" && upload.completion === state).length;
  return {
    byStatus: {
      uploading: inStatus("uploading"),
      complete: inStatus("complete"),
      expired: inStatus("expired"),
    },
    bytes: { uploading: bytesIn("uploading"), complete: bytesIn("complete") },
    completions: { pending: completions("pending"), failed: completions("failed") },
    daily: daily(created, completed),
  };
}

function daily(created: readonly Upload[], completed: readonly Upload[]): UploadStats["daily"] {
  const days = new Map<string, UploadStats["daily"][number]>();
  const at = (time: Date) => {
    const day = time.toISOString().slice(0, 10);
    const row = days.get(day) ?? { day, created: 0, completed: 0, completedBytes: 0 };
    days.set(day, row);
    return row;
  };
  for (const upload of created) at(upload.createdAt).created += 1;
  for (const { completedAt, size } of completed) {
    if (completedAt === null) continue;
    const row = at(completedAt);
    row.completed += 1;
    row.completedBytes += size ?? 0;
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

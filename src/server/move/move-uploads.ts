import type { RecordMove } from "../../adapters/prisma/record-move.ts";
import type { Uploads } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import type { Operator } from "../operator-commands.ts";
import { type FileMove, moveFile } from "./move-file.ts";

/** Records that are read at a time. */
const PAGE = 100;
/** Files that are copied at the same time. A writer to a bucket takes up to 16 MiB of memory. */
const AT_ONCE = 4;

export interface UploadMove extends FileMove {
  readonly from: Pick<Uploads, "completed" | "expired" | "known">;
  readonly to: Pick<Uploads, "completed" | "find" | "insert" | "remove">;
  readonly versions: RecordMove["versions"];
  readonly report: Operator["report"];
}

/** What happened to the finished uploads of the source. */
export interface MovedUploads {
  /** Records in the target now, of this run and of earlier ones. */
  moved: number;
  /** Files of these records, in bytes. */
  movedBytes: number;
  /** Already in the target when this run began. */
  skipped: number;
  /** Not in the target because the file does not match its record. */
  damaged: number;
}

/**
 * Copies finished uploads: the file first, then the record. Uploads that the target has already are
 * skipped; uploads that the source does not have any more are removed from the target. Counts in
 * `moved`. Reports each damaged file, and after each other file the counts. Throws the signal's reason.
 */
export async function moveUploads(move: UploadMove, moved: MovedUploads): Promise<void> {
  if (move.resumed) await removeGone(move);
  for await (const page of pages((ask) => move.from.completed(ask))) {
    const there = await move.versions(page.map(({ id }) => id));
    const waiting = [...page];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await moveOne(move, next, { moved, version: there.get(next.id) });
    };
    const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
    for (const result of lanes) if (result.status === "rejected") throw result.reason;
  }
  await moveKeptRecords(move);
}

async function moveOne(
  move: UploadMove,
  upload: Upload,
  { moved, version }: { moved: MovedUploads; version: number | undefined },
): Promise<void> {
  move.signal.throwIfAborted();
  if (version === upload.version) moved.skipped += 1;
  else if (!(await isMoved(move, upload, version))) {
    moved.damaged += 1;
    return;
  }
  moved.moved += 1;
  moved.movedBytes += upload.size ?? 0;
  move.report({ ...moved });
}

/** False for a damaged file, which is reported. */
async function isMoved(
  move: UploadMove,
  upload: Upload,
  version: number | undefined,
): Promise<boolean> {
  // The old installation was used between two runs, and changed the record.
  if (version !== undefined) await removeMoved(move, upload.id);
  const result = await moveFile(move, upload);
  if ("record" in result) {
    await move.to.insert(result.record);
    return true;
  }
  const { id, filename, storageKey } = upload;
  move.report({ id, filename, storageKey, problem: result.problem });
  return false;
}

/** Records without files, of uploads that expired. */
async function moveKeptRecords(move: UploadMove): Promise<void> {
  const now = new Date();
  for await (const page of pages((ask) => move.from.expired(now, { ...ask, swept: true }))) {
    const kept = page.filter(({ state }) => state === "swept");
    const there = await move.versions(kept.map(({ id }) => id));
    for (const record of kept) if (!there.has(record.id)) await move.to.insert(record);
  }
}

async function removeGone(move: UploadMove): Promise<void> {
  for await (const page of pages((ask) => move.to.completed(ask))) {
    const known = await move.from.known(page.map(({ id }) => id));
    for (const { id } of page) if (!known.has(id)) await removeMoved(move, id);
  }
}

/** The record first: what a stop leaves is an object without a record, which the sweeper names. */
async function removeMoved({ to, target }: UploadMove, id: string): Promise<void> {
  const record = await to.find(id);
  await to.remove(id);
  if (record !== null) await target?.remove(record);
}

async function* pages(
  read: (ask: { afterId?: string | undefined; limit: number }) => Promise<Upload[]>,
): AsyncGenerator<Upload[]> {
  let afterId: string | undefined;
  for (;;) {
    const page = await read({ afterId, limit: PAGE });
    if (page.length > 0) yield page;
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

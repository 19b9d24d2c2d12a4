import { FOLD_VERSION } from "../../core/fold-text.ts";
import type { DatabaseClient } from "./database-client.ts";
import type { DatabaseFacts } from "./database-facts.ts";
import { foldFilename } from "./filename-search.ts";

const FACT = "textFolding";
/** Records that are read, and changed in one transaction, at a time. */
const BATCH = 200;

/**
 * Computes the folded columns of all uploads again when they were written by an older `foldText`, or
 * by a version without search text. Returns how many records changed. The version is recorded at the
 * end: what a stop or a crash cut short begins anew, and passes over what is right already.
 */
export async function refoldTexts(
  client: DatabaseClient,
  facts: DatabaseFacts,
  signal: AbortSignal,
): Promise<number> {
  if (Number(await facts.read(FACT)) >= FOLD_VERSION) return 0;
  let changed = 0;
  let afterId = "";
  for (;;) {
    const rows = await client.chunkedUpload.findMany({
      where: { id: { gt: afterId } },
      select: { id: true, filename: true, path: true, filenameFolded: true, searchText: true },
      orderBy: { id: "asc" },
      take: BATCH,
    });
    const stale = rows.flatMap((row) => {
      const filenameFolded = foldFilename(row.filename);
      const searchText = foldFilename(row.path ?? row.filename);
      const isRight = row.filenameFolded === filenameFolded && row.searchText === searchText;
      return isRight ? [] : [{ row, filenameFolded, searchText }];
    });
    // By SQL, since Prisma would also set `updatedAt`. A record that was renamed meanwhile is right.
    await client.$transaction(
      stale.map(
        ({ row, filenameFolded, searchText }) => client.$executeRaw`
          UPDATE "ChunkedUpload" SET "filenameFolded" = ${filenameFolded}, "searchText" = ${searchText}
          WHERE "id" = ${row.id} AND "filenameFolded" = ${row.filenameFolded}
          AND "searchText" = ${row.searchText}`,
      ),
    );
    changed += stale.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) break;
    afterId = last.id;
    if (signal.aborted) return changed;
  }
  await facts.write(FACT, String(FOLD_VERSION));
  return changed;
}

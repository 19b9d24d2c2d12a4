import type { StoredIdentity } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import type { DatabaseClient } from "./database-client.ts";
import { noPartial } from "./upload-filter.ts";
import { notRead, toUpload } from "./upload-row.ts";

/** How many uploads are returned at most for one file. */
const EACH_LIMIT = 5;
/** How many rows the one query for all files reads at most. */
const ALL_LIMIT = 500;

/** `Uploads.existing`: one query, and one more for each file that many duplicates of others crowd out. */
export async function existingUploads(
  client: DatabaseClient,
  ownerId: string,
  files: readonly StoredIdentity[],
): Promise<Upload[][]> {
  const together = await find(client, { ownerId, files, limit: ALL_LIMIT });
  const complete = together.length < ALL_LIMIT;
  const lists = files.map((file) => together.filter((upload) => isSame(upload, file)));
  return Promise.all(
    lists.map(async (list, index) => {
      const file = files[index];
      if (complete || file === undefined || list.length >= EACH_LIMIT) {
        return list.slice(0, EACH_LIMIT);
      }
      return find(client, { ownerId, files: [file], limit: EACH_LIMIT });
    }),
  );
}

async function find(
  client: DatabaseClient,
  ask: { ownerId: string; files: readonly StoredIdentity[]; limit: number },
): Promise<Upload[]> {
  const { ownerId, files, limit } = ask;
  const same = files.map(({ filename, size, path }) => ({ filename, size: BigInt(size), path }));
  const rows = await client.chunkedUpload.findMany({
    where: { ownerId, state: "complete", AND: [noPartial, { OR: same }] },
    omit: notRead,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map(toUpload);
}

function isSame(upload: Upload, file: StoredIdentity): boolean {
  const { filename, size, path } = upload;
  return filename === file.filename && size === file.size && path === file.path;
}

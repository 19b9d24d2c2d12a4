import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { copyDurably, FileBackup, syncFile } from "../adapters/filesystem/file-backup.ts";
import { IDENTITY_FILE } from "../adapters/filesystem/store-identity.ts";
import { UploadError } from "../core/errors.ts";
import type { Uploads } from "../core/ports/uploads.ts";
import type { Upload } from "../core/upload.ts";
import type { Environment } from "../env.ts";
import { CODE_VERSION } from "./code-version.ts";
import { mediaOf } from "./open-data.ts";
import { everySoOften, type Facts, type Operator } from "./operator-commands.ts";
import type { Removals } from "./removals.ts";

const PAGE = 100;
/** Written last: a directory without it is no whole backup. */
const MANIFEST = "backup.json";

export interface BackupTools {
  readonly environment: Environment;
  readonly uploads: Pick<Uploads, "find" | "completed" | "unsettled">;
  /** Null for PostgreSQL. */
  readonly copyDatabase: ((path: string) => Promise<void>) | null;
  /** Opens a copy that `copyDatabase` made. */
  readonly openCopy: (
    path: string,
  ) => Promise<{ uploads: Pick<Uploads, "completed">; close(): Promise<void> }>;
  readonly removals: Removals;
}

export interface BackupAsk {
  /** An absolute path: an empty directory, or none yet. */
  readonly directory: string;
  /** Leaves the database out. */
  readonly filesOnly: boolean;
  /** Copies bytes also where hard links could be made. */
  readonly copy: boolean;
}

/**
 * Writes a data directory that a server can start on: the database, the finished files that it
 * names, the store's id and the secret. Uploads go on meanwhile; deletions wait for the short time in
 * which the database is copied. Unfinished uploads are in the database without their bytes: their
 * clients begin again. Throws INVALID_INPUT for a directory that is not empty, and for PostgreSQL
 * without `filesOnly`.
 */
export async function backUp(
  tools: BackupTools,
  ask: BackupAsk,
  operator: Operator,
): Promise<Facts> {
  const { environment, uploads, removals } = tools;
  const copyDatabase = ask.filesOnly ? null : requireCopy(tools);
  const target = await emptyDirectory(ask.directory);
  const files = new FileBackup({
    root: mediaOf(environment),
    ...environment.filesystem,
    target: path.join(target, "media"),
    copy: ask.copy,
    isFinished: async (id) => (await uploads.find(id))?.state === "complete",
  });
  const tell = everySoOften(() => operator.report({ files: files.files, bytes: files.bytes }));
  const progress = () => tell(undefined);
  const work = { signal: operator.signal, progress };
  // The most of it, while everything goes on as usual.
  await files.pass(work);
  await removals.hold(async () => {
    await copyDatabase?.(path.join(target, "database.db"));
    // Before the pass: what gets its final name from now on is copied here or met there.
    for await (const upload of unrenamed(uploads)) await files.takeComplete(upload);
    await files.pass(work);
  });
  const lists = new Checksums(target);
  const copy =
    copyDatabase === null ? null : await tools.openCopy(path.join(target, "database.db"));
  try {
    await files.keepOnly(await completeIds(copy?.uploads ?? uploads, lists));
  } finally {
    await copy?.close();
  }
  await copyIfThere(path.join(mediaOf(environment), IDENTITY_FILE), target, "media");
  await copyIfThere(path.join(environment.dataDir, "secret"), target, ".");
  if (copyDatabase !== null) await syncFile(path.join(target, "database.db"));
  await files.settle();
  const facts = {
    directory: target,
    database: copyDatabase === null ? null : "database.db",
    ...{ files: files.files, bytes: files.bytes },
  };
  await writeFile(
    path.join(target, MANIFEST),
    `${JSON.stringify({ ...facts, version: CODE_VERSION, createdAt: new Date() }, null, 2)}\n`,
    { mode: 0o600 },
  );
  await syncFile(path.join(target, MANIFEST));
  return facts;
}

function requireCopy({ copyDatabase }: BackupTools): (path: string) => Promise<void> {
  if (copyDatabase !== null) return copyDatabase;
  throw new UploadError("INVALID_INPUT", {
    message:
      "The database is PostgreSQL: make its dump with pg_dump first, then copy the files with `backup DIR --files-only`.",
  });
}

async function emptyDirectory(directory: string): Promise<string> {
  await mkdir(path.join(directory, "media"), { recursive: true, mode: 0o700 });
  const names = await readdir(directory);
  const inside = await readdir(path.join(directory, "media"));
  if (names.length === 1 && inside.length === 0) return directory;
  throw new UploadError("INVALID_INPUT", { message: `${directory} is not empty.` });
}

/** Complete uploads whose file may not have its final name yet. */
async function* unrenamed(uploads: BackupTools["uploads"]) {
  let afterId: string | undefined;
  for (;;) {
    const page = await uploads.unsettled({ afterId, limit: PAGE });
    for (const upload of page) if (upload.state === "complete") yield upload;
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

async function copyIfThere(file: string, target: string, below: string): Promise<void> {
  await copyDurably(file, path.join(target, below, path.basename(file))).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  });
}

/** The ids of all complete uploads, each of which is added to the lists of checksums. */
async function completeIds(
  uploads: Pick<Uploads, "completed">,
  lists: Checksums,
): Promise<Set<string>> {
  const ids = new Set<string>();
  let afterId: string | undefined;
  for (;;) {
    const page = await uploads.completed({ afterId, limit: PAGE });
    for (const { id } of page) ids.add(id);
    await lists.add(page);
    afterId = page.at(-1)?.id;
    if (page.length < PAGE) return ids;
  }
}

/** One list for each digest algorithm, in the form that `md5sum --check` and its siblings read. */
class Checksums {
  readonly #target: string;

  constructor(target: string) {
    this.#target = target;
  }

  async add(uploads: readonly Upload[]): Promise<void> {
    const lists = new Map<string, string>();
    for (const { checksum, checksumAlgorithm, storageKey, storeState } of uploads) {
      const line = `${checksum}  media/${storageKey}${doneExtension(storeState)}\n`;
      lists.set(checksumAlgorithm, (lists.get(checksumAlgorithm) ?? "") + line);
    }
    for (const [algorithm, lines] of lists) {
      const file = path.join(this.#target, `checksums.${algorithm}`);
      await writeFile(file, lines, { flag: "a", mode: 0o600 });
    }
  }
}

/** The extension that an upload's finished file has, as the filesystem store recorded it. */
function doneExtension(state: Upload["storeState"]): string {
  const done = typeof state === "object" && state !== null && "done" in state ? state.done : null;
  return typeof done === "string" ? done : ".done";
}

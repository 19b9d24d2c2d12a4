import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { copyDurably, FileBackup, syncFile } from "../adapters/filesystem/file-backup.ts";
import { IDENTITY_FILE } from "../adapters/filesystem/store-identity.ts";
import { UploadError } from "../core/errors.ts";
import type { Uploads } from "../core/ports/uploads.ts";
import type { Upload } from "../core/upload.ts";
import type { Environment } from "../env.ts";
import { CODE_VERSION } from "./code-version.ts";
import { mediaOf, storeName } from "./open-store.ts";
import { everySoOften, type Facts, type Operator } from "./operator-commands.ts";
import type { Removals } from "./removals.ts";

const PAGE = 100;
/** Written last: a directory without it is not a complete backup. */
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
  /** An absolute path of an empty or missing directory. */
  readonly directory: string;
  /** Leaves the database out. */
  readonly filesOnly: boolean;
  /** Copies bytes also where hard links could be made. */
  readonly copy: boolean;
}

/**
 * Writes a data directory that a server can start on: the database, the finished files that it
 * names, the store's id and the secret. Uploads continue during the copy; deletions wait while the
 * database is copied. Unfinished uploads are in the database without their bytes: their clients
 * start again. With files in a bucket, only the database and the secret are copied. Throws
 * INVALID_INPUT for a directory that is not empty, for PostgreSQL without `filesOnly`, and for
 * `filesOnly` with files in a bucket.
 */
export async function backUp(
  tools: BackupTools,
  ask: BackupAsk,
  operator: Operator,
): Promise<Facts> {
  const { environment, uploads, removals } = tools;
  if (environment.storage === "s3") return backUpDatabase(tools, ask);
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
  // Most of the files, while uploads and deletions continue.
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
  return writeManifest({
    directory: target,
    database: copyDatabase === null ? null : "database.db",
    ...{ files: files.files, bytes: files.bytes },
  });
}

/** For files in a bucket, which the bucket's own versioning or replication protects. */
async function backUpDatabase(tools: BackupTools, ask: BackupAsk): Promise<Facts> {
  if (ask.filesOnly) {
    throw new UploadError("INVALID_INPUT", {
      message: `The files are in ${storeName(tools.environment)}: use versioning or replication of the bucket.`,
    });
  }
  const copyDatabase = requireCopy(tools);
  const target = await emptyDirectory(ask.directory);
  await copyDatabase(path.join(target, "database.db"));
  await copyIfThere(path.join(tools.environment.dataDir, "secret"), target, ".");
  await syncFile(path.join(target, "database.db"));
  const facts = { directory: target, database: "database.db", files: 0, bytes: 0 };
  return writeManifest({ ...facts, inBucket: true });
}

async function writeManifest<T extends { readonly directory: string }>(facts: T): Promise<T> {
  const file = path.join(facts.directory, MANIFEST);
  const manifest = { ...facts, version: CODE_VERSION, createdAt: new Date() };
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await syncFile(file);
  return facts;
}

function requireCopy(tools: BackupTools): (path: string) => Promise<void> {
  if (tools.copyDatabase !== null) return tools.copyDatabase;
  const files =
    tools.environment.storage === "s3"
      ? `The files are in ${storeName(tools.environment)}: use versioning or replication of the bucket.`
      : "Copy the files afterwards with `backup DIR --files-only`.";
  throw new UploadError("INVALID_INPUT", {
    message: `The database is PostgreSQL: make its dump with pg_dump. ${files}`,
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

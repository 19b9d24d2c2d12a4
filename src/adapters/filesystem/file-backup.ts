import { constants } from "node:fs";
import { copyFile, link, mkdir, open, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { StoredUpload } from "../../core/ports/chunk-store.ts";
import { syncDirectory } from "./directories.ts";
import { errorCode, unavailable, unlessMissing } from "./failure.ts";
import { createLayout, type Layout, type LayoutSettings } from "./layout.ts";
import { listObjects } from "./walk.ts";

/** Errors of file systems that cannot create the hard link. */
const cannotLink = new Set(["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP"]);

export interface FileBackupOptions extends LayoutSettings {
  /** The destination directory; files keep their paths below `root`. */
  readonly target: string;
  /** True: copy the bytes even if a hard link is possible. */
  readonly copy: boolean;
  /** Used if finished and unfinished files have the same extension. */
  readonly isFinished: (uploadId: string) => Promise<boolean>;
}

/** Copies the finished files of a store while it is in use. Finished files never change. */
export class FileBackup {
  readonly #options: FileBackupOptions;
  readonly #layout: Layout;
  /** Size in bytes of each copied file, by key. */
  readonly #copied = new Map<string, number>();

  constructor(options: FileBackupOptions) {
    this.#options = options;
    this.#layout = createLayout(options);
  }

  get files(): number {
    return this.#copied.size;
  }

  get bytes(): number {
    return [...this.#copied.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Copies every finished file that has not been copied. `progress` is called after each file. */
  async pass({ signal, progress }: { signal: AbortSignal; progress: () => void }): Promise<void> {
    const alike = this.#options.completeExt === this.#options.incompleteExt;
    for await (const { key, kind, uploadId } of listObjects(this.#layout)) {
      if (signal.aborted) throw unavailable("The backup was stopped.");
      if (kind !== "finished" || uploadId === null) continue;
      if (alike && !(await this.#options.isFinished(uploadId))) continue;
      await this.#take(key, this.#layout.resolve(key));
      progress();
    }
  }

  /** Copies the file of a complete upload, with or without its final name. */
  async takeComplete(upload: StoredUpload): Promise<void> {
    const { part, done } = this.#layout.files(upload);
    const key = relative(this.#layout.root, done);
    if (!(await this.#take(key, done))) await this.#take(key, part);
  }

  /** Removes the copies of all other uploads: those deleted or completed during the backup. */
  async keepOnly(uploadIds: ReadonlySet<string>): Promise<void> {
    for (const key of [...this.#copied.keys()]) {
      const id = this.#layout.recognise(basename(key))?.uploadId;
      if (id !== null && id !== undefined && uploadIds.has(id)) continue;
      await unlessMissing(unlink(join(this.#options.target, key)));
      this.#copied.delete(key);
    }
  }

  /** Makes the names of all copies durable. */
  async settle(): Promise<void> {
    const { target } = this.#options;
    const directories = new Set([target]);
    for (const key of this.#copied.keys()) {
      for (let at = dirname(key); at !== "."; at = dirname(at)) directories.add(join(target, at));
    }
    for (const directory of directories) await syncDirectory(directory);
  }

  /** False if there is no such file: it was deleted meanwhile, or has another name. */
  async #take(key: string, from: string): Promise<boolean> {
    if (this.#copied.has(key)) return true;
    const to = join(this.#options.target, key);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    try {
      await (this.#options.copy ? copyDurably(from, to) : linkOrCopy(from, to));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      return false;
    }
    this.#copied.set(key, (await stat(to)).size);
    return true;
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!cannotLink.has(errorCode(error) ?? "")) throw error;
    await copyDurably(from, to);
  }
}

/** Copies a file (as a clone if the file system supports it) and makes its bytes durable. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await syncFile(to);
}

/** Makes the bytes of a file durable. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
}

import { constants } from "node:fs";
import { mkdir, open, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./failure.ts";

/** Errors of file systems that cannot sync a directory. */
const cannotSync = new Set(["EINVAL", "ENOTSUP"]);

/** Makes the entries of a directory durable: created, renamed and removed files. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } catch (error) {
    if (!cannotSync.has(errorCode(error) ?? "")) throw error;
  } finally {
    await directory.close();
  }
}

/**
 * Creates, syncs and removes the directories below a root. Only one process may own the root, because the set of
 * durable directories is kept in memory.
 */
export class Directories {
  readonly #root: string;
  /** The highest directory that was created here; its name must be made durable too. */
  #top: string;
  /** Directories whose names in their parents are durable. */
  readonly #settled = new Set<string>();
  /** Number of removals: a sync that overlaps one is not trusted. */
  #removals = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
    this.#top = root;
  }

  /** Creates `directory` and its parents, then calls `use`; no `prune` runs between the two. */
  create<T>(directory: string, use: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      await this.#make(directory);
      try {
        return await use();
      } catch (error) {
        // Another program (for example a cron job) removed the empty directory.
        if (errorCode(error) !== "ENOENT") throw error;
        this.#forget();
        await this.#make(directory);
        return await use();
      }
    });
  }

  /**
   * Makes the entries of `directory` durable, and the names of it and its parents. Each name is synced once per
   * process, even if the directory already existed: a crash may have happened between its creation and its
   * sync.
   */
  async settle(directory: string): Promise<void> {
    const removals = this.#removals;
    const unsettled: string[] = [];
    for (let path = directory; path.length >= this.#top.length; path = dirname(path)) {
      if (!this.#settled.has(path)) unsettled.push(path);
      if (path === dirname(path)) break;
    }
    await Promise.all([
      syncDirectory(directory),
      ...unsettled.map((path) => this.#syncParent(path)),
    ]);
    if (removals !== this.#removals) return;
    for (const path of unsettled) this.#settled.add(path);
  }

  /** Removes `directory` and its parents below the root, as long as they are empty. */
  prune(directory: string): Promise<void> {
    return this.#alone(async () => {
      for (let path = directory; path.length > this.#root.length; path = dirname(path)) {
        try {
          await rmdir(path);
        } catch (error) {
          if (errorCode(error) !== "ENOENT") return;
        }
        this.#forget();
      }
    });
  }

  async #make(directory: string): Promise<void> {
    const first = await mkdir(directory, { recursive: true, mode: 0o700 });
    if (first !== undefined && first.length < this.#top.length) this.#top = first;
  }

  async #syncParent(path: string): Promise<void> {
    try {
      await syncDirectory(dirname(path));
    } catch (error) {
      // A directory above the root may be inaccessible; then this process did not create it either.
      const outside = path.length <= this.#root.length;
      if (!outside || errorCode(error) !== "EACCES") throw error;
    }
  }

  #forget(): void {
    this.#removals += 1;
    this.#settled.clear();
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

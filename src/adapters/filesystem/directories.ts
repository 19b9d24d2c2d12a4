import { constants } from "node:fs";
import { mkdir, open, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./failure.ts";

/** Some file systems cannot sync a directory and say so with these. */
const cannotSync = new Set(["EINVAL", "ENOTSUP"]);

/** Makes the names in a directory durable: files made, renamed and removed in it. */
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
 * Makes, settles and clears away the directories below a root. Only one process may own the root:
 * what it knows of durable names lies in memory.
 */
export class Directories {
  readonly #root: string;
  /** The highest directory that was ever made here; its name too must become durable. */
  #top: string;
  /** Directories whose names in their parents are durable. */
  readonly #settled = new Set<string>();
  /** Counts removals: what was settled across one is not believed. */
  #removals = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
    this.#top = root;
  }

  /** Makes `directory` and what leads to it, then calls `use`, with no clearing away between the two. */
  create<T>(directory: string, use: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      await this.#make(directory);
      try {
        return await use();
      } catch (error) {
        // Somebody else (a cron job, say) cleared the empty directory away.
        if (errorCode(error) !== "ENOENT") throw error;
        this.#forget();
        await this.#make(directory);
        return await use();
      }
    });
  }

  /**
   * Makes durable what was newly made in `directory`, and the names that lead to it. Names are
   * settled once a process; the first time always, because a crash may have come between making
   * and settling them.
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

  /** Removes `directory` and those above it below the root, as long as they are empty. */
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
      // A directory above the root may be closed to us; then it is not ours to make either.
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

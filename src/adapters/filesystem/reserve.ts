import { constants } from "node:fs";
import { open, stat, unlink } from "node:fs/promises";
import { UploadError } from "../../core/errors.ts";
import { storeFailure, unlessMissing } from "./failure.ts";

/** Space on the disk that only deletions may use. */
export interface Reserve {
  /** Reserves the space if it is not reserved. Throws STORAGE_FULL if that is not possible. */
  require(): Promise<void>;
  /** Throws STORAGE_FULL while the space is not reserved, without disk access. */
  check(): void;
  /**
   * Releases the space for `work`, which frees more space. Until `work` has ended and `require` has succeeded
   * again, no other writes are allowed.
   */
  lend<T>(work: () => Promise<T>): Promise<T>;
}

/** Minimum time between two attempts to reserve the space again. */
const RETRY_MS = 500;

/** A reserve that does nothing. */
export const noReserve: Reserve = {
  require: async () => undefined,
  check: () => undefined,
  lend: (work) => work(),
};

/** Reserves `bytes` in the file `path`, which must be on the disk of records and uploads. */
export function createReserve(path: string, bytes: number): Reserve {
  let inPlace = false;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let setting: Promise<void> | null = null;
  let borrowers = 0;

  async function setAside(): Promise<void> {
    if ((await unlessMissing(stat(path)))?.size !== bytes) await fill(path, bytes);
    inPlace = true;
  }

  return {
    check() {
      if (!inPlace) throw new UploadError("STORAGE_FULL");
    },
    async require() {
      if (inPlace) return;
      const now = performance.now();
      const early = setting === null && now - attemptedAt < RETRY_MS;
      if (borrowers > 0 || early) throw new UploadError("STORAGE_FULL");
      attemptedAt = now;
      setting ??= setAside().finally(() => {
        setting = null;
      });
      await setting.catch((error: unknown) => {
        throw storeFailure(error);
      });
    },
    async lend(work) {
      borrowers += 1;
      try {
        await setting?.catch(() => undefined);
        // Before the release: a running writer must not use the space instead of the deletion.
        inPlace = false;
        await unlessMissing(unlink(path));
        return await work();
      } finally {
        borrowers -= 1;
      }
    },
  };
}

/** Writes the bytes, because a sparse file reserves no space. Removes the file if there is not enough space. */
async function fill(path: string, bytes: number): Promise<void> {
  const { O_CREAT, O_TRUNC, O_WRONLY, O_NOFOLLOW } = constants;
  const file = await open(path, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    // Not zeros: some file systems store them as holes.
    const block = Buffer.alloc(bytes, "reserve ");
    for (let written = 0; written < bytes; ) {
      written += (await file.write(block, written, bytes - written, written)).bytesWritten;
    }
    await file.sync();
  } catch (error) {
    await unlessMissing(unlink(path));
    throw error;
  } finally {
    await file.close();
  }
}

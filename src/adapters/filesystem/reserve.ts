import { constants } from "node:fs";
import { open, stat, unlink } from "node:fs/promises";
import { UploadError } from "../../core/errors.ts";
import { storeFailure, unlessMissing } from "./failure.ts";

/** Space on the disk that only deletions may use. */
export interface Reserve {
  /** Throws STORAGE_FULL unless the space is set aside; sets it aside first if it is not. */
  require(): Promise<void>;
  /** Throws STORAGE_FULL while the space is given out, without looking at the disk. */
  check(): void;
  /**
   * Frees the space for `work`, which frees more of it: until `work` has ended and `require` has
   * succeeded again, nothing else may be written.
   */
  lend<T>(work: () => Promise<T>): Promise<T>;
}

/** At most one attempt in this time to set the space aside again. */
const RETRY_MS = 500;

/** A reserve that is always there: for disks that are not watched. */
export const noReserve: Reserve = {
  require: async () => undefined,
  check: () => undefined,
  lend: (work) => work(),
};

/** Sets `bytes` aside in the file `path`, on whose disk records and uploads are written. */
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
        // First of all: a writer that runs must not take the space in place of the deletion.
        inPlace = false;
        await unlessMissing(unlink(path));
        return await work();
      } finally {
        borrowers -= 1;
      }
    },
  };
}

/** Written, not merely declared: a file with holes takes no space. Nothing is left when there is no room. */
async function fill(path: string, bytes: number): Promise<void> {
  const { O_CREAT, O_TRUNC, O_WRONLY, O_NOFOLLOW } = constants;
  const file = await open(path, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    // Not zeros: some file systems store those as holes.
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

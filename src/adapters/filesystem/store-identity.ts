import { constants } from "node:fs";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "./directories.ts";
import { storeFailure, unlessMissing } from "./failure.ts";

/** The name of the file that identifies a store, in the store's own directory. */
export const IDENTITY_FILE = "store-id";

/** The id of a store. */
export interface StoreIdentity {
  /** The recorded id, or null. */
  read(): Promise<string | null>;
  /** An id that was proposed but not recorded, because of a crash; otherwise null. */
  proposed(): Promise<string | null>;
  /** Stores an id durably, without recording it. */
  propose(id: string): Promise<void>;
  /** Records the proposed id durably; replaces an older one. */
  record(): Promise<void>;
}

/** The identity of the store in the directory `root`, which is created if missing. Throws UNAVAILABLE. */
export function storeIdentity(root: string): StoreIdentity {
  const file = join(root, IDENTITY_FILE);
  const draft = `${file}.proposed`;
  const translated = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw storeFailure(error);
    }
  };
  const readId = async (path: string) => {
    const text = await unlessMissing(readFile(path, "utf8"));
    return text?.trim() || null;
  };
  return {
    read: () => translated(() => readId(file)),
    proposed: () => translated(() => readId(draft)),
    propose: (id) =>
      translated(async () => {
        await mkdir(root, { recursive: true, mode: 0o700 });
        const { O_CREAT, O_TRUNC, O_WRONLY, O_NOFOLLOW } = constants;
        const handle = await open(draft, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW, 0o600);
        try {
          await handle.writeFile(`${id}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await syncDirectory(root);
      }),
    record: () =>
      translated(async () => {
        await rename(draft, file);
        await syncDirectory(root);
      }),
  };
}

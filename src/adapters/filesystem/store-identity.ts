import { constants } from "node:fs";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "./directories.ts";
import { storeFailure, unlessMissing } from "./failure.ts";

/** The name of the file that identifies a store, in the store's own directory. */
export const IDENTITY_FILE = "store-id";

/** What a store says of itself. */
export interface StoreIdentity {
  /** The recorded id; null while there is none. */
  read(): Promise<string | null>;
  /** An id that was proposed and not recorded: a crash came between; null else. */
  proposed(): Promise<string | null>;
  /** Writes an id down, durably, without recording it yet. */
  propose(id: string): Promise<void>;
  /** Records the proposed id, durably, in place of an older one. */
  record(): Promise<void>;
}

/** The identity of the store in the directory `root`, which is made if it is missing. Throws UNAVAILABLE. */
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

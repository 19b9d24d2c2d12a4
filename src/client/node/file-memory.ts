import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import type { ResumeMemory } from "../runtime.ts";

/** Entries are kept for 30 days; older uploads have expired. */
const KEEP_MS = 30 * 86_400_000;

/** Remembers nothing. The server may still find an unfinished upload by name and size. */
export const noMemory: ResumeMemory = {
  recall: async () => null,
  remember: async () => undefined,
  forget: async () => undefined,
};

/**
 * Remembers uploads in a directory, with one small JSON file per upload. Processes can share it: files
 * are written under a temporary name and then renamed. If the directory is not writable, nothing is
 * remembered.
 */
export function fileMemory(directory: string): ResumeMemory {
  const fileOf = (fingerprint: string) =>
    join(directory, `${createHash("sha256").update(fingerprint).digest("hex").slice(0, 40)}.json`);
  let cleaned = false;
  return {
    recall: (fingerprint) =>
      attempt(async () => readId(await readFile(fileOf(fingerprint), "utf8"), fingerprint)),
    remember: async (fingerprint, { id: uploadId }) => {
      await attempt(async () => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const temporary = join(directory, `${randomUUID()}.tmp`);
        await writeFile(temporary, JSON.stringify({ fingerprint, uploadId }), { mode: 0o600 });
        await rename(temporary, fileOf(fingerprint));
        if (!cleaned) await removeOld(directory);
        cleaned = true;
        return null;
      });
    },
    forget: async (fingerprint) => {
      await attempt(async () => {
        await rm(fileOf(fingerprint), { force: true });
        return null;
      });
    },
  };
}

/** The directory for state of one user on one machine (XDG base directories). */
export function defaultDirectory(): string {
  // biome-ignore lint/style/noProcessEnv: the environment is the only source of the user's state directory
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "trpc-chunked-upload");
}

function readId(text: string, fingerprint: string): string | null {
  const entry: unknown = JSON.parse(text);
  if (typeof entry !== "object" || entry === null) return null;
  if (Reflect.get(entry, "fingerprint") !== fingerprint) return null;
  const id: unknown = Reflect.get(entry, "uploadId");
  return typeof id === "string" ? id : null;
}

async function removeOld(directory: string): Promise<void> {
  const oldest = Date.now() - KEEP_MS;
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (/\.(json|lock|tmp)$/.test(name) && (await stat(path)).mtimeMs < oldest) {
      await rm(path, { force: true });
    }
  }
}

async function attempt<T>(work: () => Promise<T | null>): Promise<T | null> {
  try {
    return await work();
  } catch {
    return null;
  }
}

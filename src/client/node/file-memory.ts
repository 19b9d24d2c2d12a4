import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import type { ResumeMemory } from "../runtime.ts";

/** Nothing is resumable for longer; what is older was forgotten by everybody. */
const KEEP_MS = 30 * 86_400_000;

/** Remembers nothing: the server may still know an unfinished upload by name and size. */
export const noMemory: ResumeMemory = {
  recall: async () => null,
  remember: async () => undefined,
  forget: async () => undefined,
};

/**
 * Remembers in a directory, one small JSON file an upload: any number of processes may share it, as
 * files come whole (written aside, then renamed) and no two processes write into one. Where nothing
 * can be written, nothing is remembered.
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
        const aside = join(directory, `${randomUUID()}.tmp`);
        await writeFile(aside, JSON.stringify({ fingerprint, uploadId }), { mode: 0o600 });
        await rename(aside, fileOf(fingerprint));
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

/** Where state lives that belongs to one user and one machine (XDG base directories). */
export function defaultDirectory(): string {
  // biome-ignore lint/style/noProcessEnv: a library has no other way to learn where the user keeps state
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

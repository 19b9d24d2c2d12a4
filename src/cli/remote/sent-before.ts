import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { FoundFile } from "./find-files.ts";

type LocalFile = Extract<FoundFile, { kind: "file" }>;

/**
 * The files that a command finished before it was interrupted, so that the same command continues
 * with the others. Kept until a command has finished them all; at most for 30 days.
 */
export interface SentBefore {
  /** The upload of `file` as it is now; null when it was not finished. */
  idOf(file: LocalFile): string | null;
  add(file: LocalFile, id: string): Promise<void>;
  /** All are finished: the same command means new uploads again. */
  forget(): Promise<void>;
}

const KEEP_MS = 30 * 86_400_000;

/** For a command of one file, whose upload the engine remembers. */
export const nothingBefore: SentBefore = {
  idOf: () => null,
  add: async () => undefined,
  forget: async () => undefined,
};

/** `command` is whatever makes two commands the same. Where nothing can be written, nothing is known. */
export async function openSentBefore(directory: string, command: unknown): Promise<SentBefore> {
  const name = createHash("sha256").update(JSON.stringify(command)).digest("hex").slice(0, 40);
  const journal = path.join(directory, `${name}.jsonl`);
  await removeOld(directory).catch(() => undefined);
  const known = readJournal(await readFile(journal, "utf8").catch(() => ""));
  return {
    idOf: (file) => known.get(keyOf(file)) ?? null,
    async add(file, id) {
      const line = `${JSON.stringify([keyOf(file), id])}\n`;
      await mkdir(directory, { recursive: true, mode: 0o700 })
        .then(() => appendFile(journal, line, { mode: 0o600 }))
        .catch(() => undefined);
    },
    forget: () => rm(journal, { force: true }).catch(() => undefined),
  };
}

/** A file that was changed since is another one. */
function keyOf({ path: file, size, modified }: LocalFile): string {
  return [file, size, modified].join("|");
}

/** A process that was killed may have left half a line. */
function readJournal(text: string): Map<string, string> {
  const known = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^\["(?:[^"\\]|\\.)*","[^"\\]*"\]$/.test(line);
    if (!match) continue;
    const [key, id]: string[] = JSON.parse(line);
    if (key !== undefined && id !== undefined) known.set(key, id);
  }
  return known;
}

async function removeOld(directory: string): Promise<void> {
  const oldest = performance.timeOrigin + performance.now() - KEEP_MS;
  for (const name of await readdir(directory)) {
    const journal = path.join(directory, name);
    if ((await stat(journal)).mtimeMs < oldest) await rm(journal, { force: true });
  }
}

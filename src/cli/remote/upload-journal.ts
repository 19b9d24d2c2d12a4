import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { FoundFile } from "./find-files.ts";

type LocalFile = Extract<FoundFile, { kind: "file" }>;

/**
 * The files that an interrupted command has finished, so that the same command continues with the
 * others. Kept until a command has finished all files, at most 30 days.
 */
export interface UploadJournal {
  /** The id of the finished upload of the unchanged `file`; null if it is not finished. */
  idOf(file: LocalFile): string | null;
  add(file: LocalFile, id: string): Promise<void>;
  /** Called when all files are finished: the same command then creates new uploads. */
  clear(): Promise<void>;
}

const KEEP_MS = 30 * 86_400_000;

/** For a single file, which the client resumes by itself. */
export const noJournal: UploadJournal = {
  idOf: () => null,
  add: async () => undefined,
  clear: async () => undefined,
};

/** Commands with equal `command` share a journal. File system errors are ignored: the journal is then empty. */
export async function openUploadJournal(
  directory: string,
  command: unknown,
): Promise<UploadJournal> {
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
    clear: () => rm(journal, { force: true }).catch(() => undefined),
  };
}

/** Includes size and modification time: a changed file is uploaded again. */
function keyOf({ path: file, size, modified }: LocalFile): string {
  return [file, size, modified].join("|");
}

/** Ignores malformed lines: a killed process may have written part of a line. */
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

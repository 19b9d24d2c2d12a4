import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { describeFileError } from "./error-messages.ts";

interface LocalFile {
  readonly kind: "file";
  /** The operand, or for a file in a directory its path with the directory's name. */
  readonly shown: string;
  /** Absolute. */
  readonly path: string;
  /** The path with the name of the directory operand first; null for a file operand. */
  readonly inFolder: string | null;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** A file to send, or the reason why it cannot be sent. */
export type FoundFile =
  | LocalFile
  | { readonly kind: "stdin"; readonly shown: string }
  | { readonly kind: "problem"; readonly shown: string; readonly problem: string };

/** A directory entry that is not sent. */
export interface SkippedEntry {
  readonly shown: string;
  readonly what: "a symbolic link" | "not a regular file";
}

/** The files to send, in order, and the skipped entries. */
export interface Findings {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly SkippedEntry[];
}

/**
 * Resolves `operands` to files, in order. Directories are searched recursively, including hidden
 * files, sorted by name. In directories, symbolic links and anything except regular files are skipped.
 */
export async function findFiles(operands: readonly string[], name?: string): Promise<Findings> {
  const files: FoundFile[] = [];
  const skipped: SkippedEntry[] = [];
  for (const operand of operands) {
    if (operand === "-") files.push({ kind: "stdin", shown: name ?? "-" });
    else
      for await (const found of findOperand(operand)) {
        if ("what" in found) skipped.push(found);
        else files.push(found);
      }
  }
  return { files, skipped };
}

async function* findOperand(operand: string): AsyncGenerator<FoundFile | SkippedEntry> {
  try {
    const stats = await stat(operand);
    if (stats.isDirectory()) yield* walk(operand, path.basename(path.resolve(operand)));
    else if (stats.isFile()) yield fileAt(operand, { shown: operand, inFolder: null }, stats);
    else
      yield { kind: "problem", shown: operand, problem: 'not a regular file; use "-" for a pipe' };
  } catch (error) {
    yield { kind: "problem", shown: operand, problem: describeFileError(error) };
  }
}

async function* walk(directory: string, shown: string): AsyncGenerator<FoundFile | SkippedEntry> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    yield { kind: "problem", shown, problem: describeFileError(error) };
    return;
  }
  for (const entry of entries.sort(byName)) {
    const below = path.join(directory, entry.name);
    const name = `${shown}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(below, name);
    else if (entry.isFile()) yield await sized(below, name);
    else
      yield {
        shown: name,
        what: entry.isSymbolicLink() ? "a symbolic link" : "not a regular file",
      };
  }
}

async function sized(file: string, shown: string): Promise<FoundFile> {
  try {
    return fileAt(file, { shown, inFolder: shown }, await stat(file));
  } catch (error) {
    return { kind: "problem", shown, problem: describeFileError(error) };
  }
}

function fileAt(
  file: string,
  names: Pick<LocalFile, "shown" | "inFolder">,
  { size, mtimeMs }: Stats,
): FoundFile {
  return { kind: "file", ...names, path: path.resolve(file), size, modified: mtimeMs };
}

function byName(one: Dirent, other: Dirent): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}

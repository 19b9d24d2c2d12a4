import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { explainFileError } from "./explain.ts";

interface LocalFile {
  readonly kind: "file";
  /** As the user named it, or its path below the directory's parent. */
  readonly shown: string;
  /** Absolute. */
  readonly path: string;
  /** The path in the directory that was named, that one's own name first; null for a file that was named. */
  readonly inFolder: string | null;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** A file to be sent, or why one cannot be. */
export type FoundFile =
  | LocalFile
  | { readonly kind: "stdin"; readonly shown: string }
  | { readonly kind: "problem"; readonly shown: string; readonly problem: string };

/** What lies below a directory and is not sent, and what it is instead of a file. */
export interface LeftOut {
  readonly shown: string;
  readonly what: "a symbolic link" | "no regular file";
}

/** All that is to be sent, in order, and what is not. */
export interface Findings {
  readonly files: readonly FoundFile[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * The files that `operands` name, in their order: a directory stands for all files below it,
 * hidden ones too, sorted by name. Below a directory symbolic links are not followed, and nothing
 * but regular files is taken. A directory's files are shown with their path below its parent.
 */
export async function findFiles(operands: readonly string[], name?: string): Promise<Findings> {
  const files: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const operand of operands) {
    if (operand === "-") files.push({ kind: "stdin", shown: name ?? "-" });
    else
      for await (const found of findOperand(operand)) {
        if ("what" in found) leftOut.push(found);
        else files.push(found);
      }
  }
  return { files, leftOut };
}

async function* findOperand(operand: string): AsyncGenerator<FoundFile | LeftOut> {
  try {
    const stats = await stat(operand);
    if (stats.isDirectory()) yield* walk(operand, path.basename(path.resolve(operand)));
    else if (stats.isFile()) yield fileAt(operand, { shown: operand, inFolder: null }, stats);
    else yield { kind: "problem", shown: operand, problem: 'no regular file; use "-" for a pipe' };
  } catch (error) {
    yield { kind: "problem", shown: operand, problem: explainFileError(error) };
  }
}

async function* walk(directory: string, shown: string): AsyncGenerator<FoundFile | LeftOut> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    yield { kind: "problem", shown, problem: explainFileError(error) };
    return;
  }
  for (const entry of entries.sort(byName)) {
    const below = path.join(directory, entry.name);
    const name = `${shown}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(below, name);
    else if (entry.isFile()) yield await sized(below, name);
    else
      yield { shown: name, what: entry.isSymbolicLink() ? "a symbolic link" : "no regular file" };
  }
}

async function sized(file: string, shown: string): Promise<FoundFile> {
  try {
    return fileAt(file, { shown, inFolder: shown }, await stat(file));
  } catch (error) {
    return { kind: "problem", shown, problem: explainFileError(error) };
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

import { foldText } from "../../core/fold-text.ts";

/**
 * Characters that mean something in a LIKE pattern, and U+0000, which PostgreSQL stores in no text,
 * each with the control character that replaces it. Filenames contain no control characters.
 */
const stand: Record<string, string> = {
  "\u0000": "\u0001",
  "%": "\u0002",
  _: "\u0003",
  "\\": "\u0004",
};

/**
 * Folds a filename, or a part of one that is searched for, so that plain LIKE finds parts without
 * case; no wildcard is left that either database would interpret.
 */
export function foldFilename(text: string): string {
  return foldText(text).replace(/[%_\\]|\p{Cc}/gu, (char) => stand[char] ?? char);
}

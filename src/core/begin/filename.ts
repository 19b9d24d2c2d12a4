import { UploadError } from "../errors.ts";

const MAX_LENGTH = 1_024;
/** Control characters, and the marks that make a name read backwards ("exe.jpg" for "gpj.exe"). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The name without the sender's directories, separators at its end, control characters and direction marks. */
export function plainFilename(given: string): string {
  return (
    given
      .toWellFormed()
      .replace(/[/\\]+$/, "")
      .split(/[/\\]/)
      .at(-1) ?? ""
  )
    .replace(unsafe, "")
    .normalize("NFC")
    .trim();
}

/**
 * The file's own, plain name. It is shown and offered for downloads, never used as a path. REJECTED
 * when nothing is left.
 */
export function readFilename(given: string): string {
  const name = plainFilename(given);
  const isNone = name === "" || name === "." || name === "..";
  if (!isNone && name.length <= MAX_LENGTH) return name;
  throw new UploadError("REJECTED", {
    message: isNone
      ? "The file has no name."
      : `The file's name has more than ${MAX_LENGTH} characters.`,
    details: { field: "filename" },
  });
}

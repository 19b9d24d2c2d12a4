import { UploadError } from "../../core/errors.ts";
import { readTusPath } from "../../wire/paths.ts";

/** The parsed `Upload-Concat`. */
export type Concat =
  | { readonly kind: "partial" }
  | { readonly kind: "final"; readonly parts: readonly string[]; readonly header: string };

/**
 * Parses `Upload-Concat` (tus, Concatenation): `partial`, or `final;` and the URLs of partial uploads,
 * separated by spaces. URLs may be absolute or relative to `here`; only their path is used, and they are never
 * fetched. INVALID_INPUT if malformed, NOT_FOUND for a path that is not an upload's.
 */
export function parseConcat(header: string | null, here: URL): Concat | null {
  if (header === null) return null;
  if (header === "partial") return { kind: "partial" };
  const list = /^final;(.+)$/.exec(header)?.[1]?.trim() ?? "";
  // HEAD echoes this value, so it may contain only characters of URLs, and spaces.
  if (!/^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(list)) throw refuse();
  return { kind: "final", parts: list.split(/ +/).map((url) => readId(url, here)), header };
}

function readId(url: string, here: URL): string {
  if (!URL.canParse(url, here)) throw refuse();
  const id = readTusPath(new URL(url, here).pathname)?.id ?? null;
  if (id === null) throw new UploadError("NOT_FOUND");
  return id;
}

function refuse(): UploadError {
  return new UploadError("INVALID_INPUT", {
    message: "Upload-Concat is malformed.",
    details: { header: "Upload-Concat" },
  });
}

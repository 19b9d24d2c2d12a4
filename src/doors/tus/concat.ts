import { UploadError } from "../../core/errors.ts";
import { readTusPath } from "../../wire/paths.ts";

/** What `Upload-Concat` makes of an upload. */
export type Concat =
  | { readonly kind: "partial" }
  | { readonly kind: "final"; readonly parts: readonly string[]; readonly header: string };

/**
 * Reads `Upload-Concat` (tus, Concatenation): `partial`, or `final;` and the URLs of partials with
 * spaces between. URLs may be absolute or relative to `here`; nothing but their path is looked at,
 * and nobody fetches them. INVALID_INPUT when malformed, NOT_FOUND for a path that is no upload's.
 */
export function parseConcat(header: string | null, here: URL): Concat | null {
  if (header === null) return null;
  if (header === "partial") return { kind: "partial" };
  const list = /^final;(.+)$/.exec(header)?.[1]?.trim() ?? "";
  // What is echoed on HEAD is made of what a URL may be made of, and of the spaces between.
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
    message: "Upload-Concat is not understood.",
    details: { header: "Upload-Concat" },
  });
}

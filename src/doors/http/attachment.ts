import { create } from "content-disposition";

/** Characters that are unsafe in filenames: controls, path separators, lone surrogates. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}/\\]/gu;
/** Bidirectional control characters, which can make `txt.exe` look like `exe.txt`. */
const DIRECTION_MARKS = /\p{Bidi_Control}/gu;
/** Maximum encoded length, because long headers break clients. The stem is truncated, the extension kept. */
const MAX_ENCODED = 3_000;
/**
 * The same for a header that a URL names, where encoding makes it longer once more: proxies and Amazon S3
 * take 8 KiB for the whole URL with its signature.
 */
export const MAX_ENCODED_IN_URL = 1_000;
const EXTENSION = /\.[^.]{1,20}$/u;

/**
 * `Content-Disposition: attachment` for any name: quoted ASCII, and the form of RFC 8187 for other
 * characters. A name whose encoded form is longer than `maxEncoded` is truncated before its extension.
 */
export function attachmentHeader(filename: string, maxEncoded = MAX_ENCODED): string {
  const clean = filename.replace(DIRECTION_MARKS, "").replace(UNFIT, "_").trim();
  return create(shorten(clean, maxEncoded) || "download");
}

/**
 * The filename of a download. For a file in a folder it includes the folders ("Trip - day 1 - a.jpg"), so that
 * files of several folders do not overwrite each other, unless the result is too long.
 */
export function downloadName(
  { filename, path }: { filename: string; path: string | null },
  maxEncoded = MAX_ENCODED,
): string {
  const whole = path?.replaceAll("/", " - ") ?? filename;
  return encodedLength(whole) > maxEncoded ? filename : whole;
}

function shorten(name: string, maxEncoded: number): string {
  if (encodedLength(name) <= maxEncoded) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? "";
  let room = maxEncoded - encodedLength(extension);
  let stem = "";
  for (const character of name.slice(0, name.length - extension.length)) {
    room -= encodedLength(character);
    if (room < 0) break;
    stem += character;
  }
  return stem + extension;
}

function encodedLength(text: string): number {
  return encodeURIComponent(text).length;
}

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/** The declared type if it has the form `type/subtype`, otherwise `application/octet-stream`. */
export function safeContentType(declared: string | null): string {
  return declared !== null && declared.length <= 255 && MEDIA_TYPE.test(declared)
    ? declared
    : "application/octet-stream";
}

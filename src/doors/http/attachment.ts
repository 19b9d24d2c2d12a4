import { create } from "content-disposition";

/** What no file name should bring to anybody's disk or screen: controls, path separators, lone surrogates. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}/\\]/gu;
/** Marks that turn the direction of text, by which `exe.txt` can be made of `txt.exe`. */
const DIRECTION_MARKS = /\p{Bidi_Control}/gu;
/** Longer headers than this break clients; the name's stem is cut, its extension kept. */
const MAX_ENCODED = 3_000;
const EXTENSION = /\.[^.]{1,20}$/u;

/**
 * `Content-Disposition: attachment` for any name at all: quoted ASCII, and RFC 8187 beside it where
 * ASCII does not do.
 */
export function attachmentHeader(filename: string): string {
  const clean = filename.replace(DIRECTION_MARKS, "").replace(UNFIT, "_").trim();
  return create(shorten(clean) || "download");
}

/**
 * The name that a download is offered by: of a file of a folder the folder too ("Trip - day 1 -
 * a.jpg"), so that files of several folders do not overwrite each other. Without it where the whole
 * would be too long.
 */
export function downloadName({
  filename,
  path,
}: {
  filename: string;
  path: string | null;
}): string {
  const whole = path?.replaceAll("/", " - ") ?? filename;
  return encodedLength(whole) > MAX_ENCODED ? filename : whole;
}

function shorten(name: string): string {
  if (encodedLength(name) <= MAX_ENCODED) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? "";
  let room = MAX_ENCODED - encodedLength(extension);
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

/** The declared type when it has the form `type/subtype`; anything else could mean anything. */
export function safeContentType(declared: string | null): string {
  return declared !== null && declared.length <= 255 && MEDIA_TYPE.test(declared)
    ? declared
    : "application/octet-stream";
}

import { UploadError } from "../errors.ts";
import type { Sniffer } from "../ports/system.ts";
import { SNIFF_BYTES } from "../settings.ts";

/** Declared types that bytes without magic may have. */
const textual =
  /^(text\/.+|application\/(json|xml|javascript|x-ndjson|sql|yaml|toml|.+\+(json|xml))|image\/svg\+xml)$/;

/**
 * Throws REJECTED unless the file's first bytes show an accepted type. Bytes decide, not names; for
 * bytes without magic the declared type counts, but only as some kind of text that they do look like.
 */
export async function assertAcceptedType(
  head: Uint8Array,
  file: { accept: readonly string[]; declared: string | null; sniffer: Sniffer },
): Promise<void> {
  const found = (await file.sniffer.sniff(head)) ?? textType(head, file.declared);
  if (found !== null && file.accept.some((pattern) => matches(pattern, found))) return;
  throw new UploadError("REJECTED", {
    message: `Files of ${found === null ? "an unknown type" : `type ${found}`} are not accepted here.`,
    details: { field: "type", accept: file.accept, found },
  });
}

function textType(head: Uint8Array, declared: string | null): string | null {
  if (head.includes(0)) return null;
  const essence = declared?.split(";")[0]?.trim().toLowerCase() ?? "text/plain";
  return textual.test(essence) ? essence : null;
}

/** `*` after the slash matches every subtype. Case-insensitive. */
export function matches(pattern: string, type: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = type.toLowerCase();
  if (wanted === "*/*" || wanted === "*") return true;
  return wanted.endsWith("/*") ? given.startsWith(wanted.slice(0, -1)) : wanted === given;
}

/** Passes a body on, but not before `judge` has seen its first bytes (all of a shorter body's). */
export async function* withCheckedHead(
  body: AsyncIterable<Uint8Array>,
  judge: (head: Uint8Array) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] | null = [];
  let length = 0;
  for await (const bytes of body) {
    if (held === null) {
      yield bytes;
      continue;
    }
    held.push(bytes);
    length += bytes.length;
    if (length < SNIFF_BYTES) continue;
    await judge(join(held));
    yield* held;
    held = null;
  }
  if (held === null) return;
  await judge(join(held));
  yield* held;
}

/** The first bytes of `pieces`, as many as a judgement needs. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(
    Math.min(
      SNIFF_BYTES,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    ),
  );
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, head.length - at);
    head.set(part, at);
    at += part.length;
  }
  return head;
}

/** A part of a test form. */
export interface TestPart {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  /** Content-Transfer-Encoding. */
  readonly coding?: string;
  /** The whole Content-Disposition, for unusual forms. */
  readonly disposition?: string;
  readonly body: string | Uint8Array;
}

export const BOUNDARY = "----a-boundary-of-some-length";

/** The bytes of a form. */
export function formBytes(
  parts: readonly TestPart[],
  how: { boundary?: string; preamble?: string; epilogue?: string; closing?: boolean } = {},
): Buffer {
  const { boundary = BOUNDARY, preamble = "", epilogue = "\r\n", closing = true } = how;
  const pieces: Buffer[] = [Buffer.from(preamble === "" ? "" : `${preamble}\r\n`)];
  for (const part of parts) {
    pieces.push(Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n`), Buffer.from(part.body));
    pieces.push(Buffer.from("\r\n"));
  }
  if (closing) pieces.push(Buffer.from(`--${boundary}--${epilogue}`));
  return Buffer.concat(pieces);
}

function headOf({ name, filename, type, coding, disposition }: TestPart): string {
  const named = `form-data; name="${name ?? ""}"`;
  const file = filename === undefined ? "" : `; filename="${filename}"`;
  const kind = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  const coded = coding === undefined ? "" : `Content-Transfer-Encoding: ${coding}\r\n`;
  return `Content-Disposition: ${disposition ?? named + file}\r\n${kind}${coded}`;
}

/** `bytes` in pieces of the given lengths, the last one repeated. */
export async function* inPieces(
  bytes: Uint8Array,
  ...lengths: readonly number[]
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const length = Math.max(1, lengths[Math.min(index, lengths.length - 1)] ?? bytes.length);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

import { randomFillSync } from "node:crypto";

/** One part of a form that is sent as it is made. */
export interface SentPart {
  readonly name: string;
  /** Makes the part a file. */
  readonly filename?: string;
  readonly type?: string;
  readonly body: string | Uint8Array | SentBytes;
}

/** Bytes that are made up on the way. */
export interface SentBytes {
  readonly length: number;
  readonly pieces: () => Iterable<Uint8Array>;
}

export const FORM_BOUNDARY = "------------------------5f1c0a9b7e3d";

/** A form, and the headers that go with it. */
export interface SentForm {
  readonly headers: Record<string, string>;
  readonly length: number;
  body(): AsyncGenerator<Uint8Array>;
  bytes(): Buffer;
}

/** Writes a form as curl and Python's `requests` do; its length is known beforehand. */
export function formOf(parts: readonly SentPart[]): SentForm {
  const pieces = parts.flatMap((part) => [Buffer.from(headOf(part)), part.body, "\r\n"]);
  pieces.push(`--${FORM_BOUNDARY}--\r\n`);
  const length = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  return {
    headers: {
      "content-type": `multipart/form-data; boundary=${FORM_BOUNDARY}`,
      "content-length": String(length),
    },
    length,
    async *body() {
      for (const piece of pieces) {
        if (typeof piece === "string") yield Buffer.from(piece);
        else if (piece instanceof Uint8Array) yield piece;
        else yield* piece.pieces();
      }
    },
    bytes: () =>
      Buffer.concat(
        pieces.flatMap((piece) => {
          if (typeof piece === "string") return [Buffer.from(piece)];
          return piece instanceof Uint8Array ? [piece] : [...piece.pieces()];
        }),
      ),
  };
}

function headOf({ name, filename, type }: SentPart): string {
  const file = filename === undefined ? "" : `; filename="${filename}"`;
  const kind = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  return `--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${kind}\r\n`;
}

function lengthOf(piece: string | Uint8Array | SentBytes): number {
  return typeof piece === "string" ? Buffer.byteLength(piece) : piece.length;
}

/** Random bytes of any length out of 1 MiB of them: nobody needs to hold them all. */
export function madeUpBytes(length: number): SentBytes {
  const block = randomFillSync(Buffer.allocUnsafe(2 ** 20));
  return {
    length,
    *pieces() {
      for (let at = 0; at < length; at += block.length) yield block.subarray(0, length - at);
    },
  };
}

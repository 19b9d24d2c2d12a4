import { Dicer } from "@fastify/busboy";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Body } from "../../core/requests.ts";
import { FormPart, type PartHead } from "./form-part.ts";
import { SourcePieces } from "./source-pieces.ts";
import { TransportPadding } from "./transport-padding.ts";

/** Maximum bytes of a form in addition to its chunk, framing included. */
export const MAX_BESIDE_CHUNK = 64 * 1024;
const MAX_PARTS = 1_000;
const ENCODED = "Content-Transfer-Encoding: base64 is not supported.";
/** Maximum size of a write to the parser: at most this much is parsed ahead of the consumer. */
const PIECE_BYTES = 64 * 1024;

/** The part that contains the chunk. */
export type ChunkHead = PartHead;

/**
 * Reads a `multipart/form-data` body on demand; only the small fields are collected. The first part named
 * `field` is the chunk, with or without a filename; all other parts with a filename are skipped.
 * INVALID_INPUT for a malformed form or one in base64, BODY_TOO_LARGE if everything in addition to the chunk is
 * too large, and the errors of the body itself.
 */
export class FormReader {
  /** The small fields read so far; the last one of each name. */
  readonly fields = new Map<string, string>();
  /** The fields before the chunk, independent of how the body is split into pieces. */
  fieldsBefore: ReadonlyMap<string, string> = new Map();
  /** Why reading failed; later reads throw it again. */
  failure: UploadError | null = null;
  /** True while waiting for bytes from the client. */
  reading = false;
  /** Bytes of the body read so far. */
  bytesRead = 0;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #pieces: SourcePieces;
  readonly #field: string | null;
  readonly #maxBeside: number;
  readonly #parser: Dicer;
  /** Resolves at the closing boundary, rejects when the body ends before it. */
  readonly #closing: Promise<void>;
  #onClosing: () => void = () => undefined;
  #atClosing = false;
  #closed = false;
  readonly #padding: TransportPadding;
  /** Bytes that arrived and have not been passed to the parser. */
  #waiting: Uint8Array[] = [];
  #partCount = 0;
  /** Parts that are not processed yet, in their order. */
  #parts: FormPart[] = [];
  /** The chunk's part, once its headers are read. */
  #coming: FormPart | null = null;
  /** The chunk's part, once all parts before it are processed. */
  #chunk: FormPart | null = null;

  /**
   * `field` null: no part is the chunk. `maxBeside`: maximum bytes in addition to it. `spent` is called with
   * pieces of the body that are no longer needed. Throws INVALID_INPUT for an invalid boundary.
   */
  constructor(
    body: AsyncIterable<Uint8Array>,
    form: { boundary: string; field: string | null; maxBeside?: number; spent?: Body["spent"] },
  ) {
    this.#source = body[Symbol.asyncIterator]();
    this.#pieces = new SourcePieces(form.spent);
    this.#field = form.field;
    this.#maxBeside = form.maxBeside ?? MAX_BESIDE_CHUNK;
    this.#parser = startParser(form.boundary);
    this.#padding = new TransportPadding(form.boundary);
    this.#parser.on("part", (stream: Dicer.PartStream) => this.#begin(stream));
    this.#closing = new Promise((resolve, reject) => {
      this.#parser.on("finish", () => {
        this.#atClosing = true;
        this.#onClosing();
        resolve();
      });
      this.#parser.on("error", reject);
    });
    this.#closing.catch(() => undefined);
  }

  /** The headers of the chunk; null until they are read. */
  get chunk(): ChunkHead | null {
    return this.#chunk?.head ?? null;
  }

  /** Number of the chunk's bytes that arrived so far. */
  get chunkLength(): number {
    return this.#coming?.length ?? 0;
  }

  /** Reads up to the headers of the chunk; null if the form ends without one. */
  async findChunk(): Promise<ChunkHead | null> {
    while (this.chunk === null && (await this.advance()));
    return this.chunk;
  }

  /** The chunk's bytes. Ends after the closing boundary of the form. */
  bytes(): Body {
    return Object.assign(this.#read(), { spent: this.#pieces.partSpent });
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const goesOn = await this.advance();
      yield* this.#chunk?.take() ?? [];
      if (!goesOn) return;
    }
  }

  /** Discards the bytes of the chunk that arrived. */
  drop(): void {
    this.#chunk?.take();
  }

  /** Reads one piece; false once the closing boundary has been read. */
  async advance(): Promise<boolean> {
    if (this.failure !== null) throw this.failure;
    if (this.#closed) return false;
    this.reading = true;
    try {
      await this.#readOn();
      this.#sort();
      this.#checkSize();
    } catch (error) {
      this.failure = isUploadError(error) ? error : malformed(error);
      throw this.failure;
    } finally {
      this.reading = false;
      if (this.#closed || this.failure !== null) this.#letGo();
    }
    return !this.#closed;
  }

  /** Ends the iteration of the body, so that its idle timer stops. */
  #letGo(): void {
    this.#source.return?.().then(undefined, () => undefined);
  }

  async #readOn(): Promise<void> {
    const piece = this.#atClosing ? null : await this.#nextPiece();
    if (piece !== null) {
      this.bytesRead += piece.length;
      await this.#feed(piece);
      return;
    }
    if (!this.#atClosing) this.#parser.end();
    await this.#closing;
    await Promise.all(this.#parts.map((part) => part.done));
    this.#closed = true;
  }

  /** Writes a piece to the parser, which may not call back for the piece with the closing boundary. */
  #feed(piece: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#onClosing = resolve;
      this.#parser.write(piece, () => resolve());
    });
  }

  async #nextPiece(): Promise<Uint8Array | null> {
    let bytes = this.#waiting.shift();
    while (bytes === undefined) {
      const next = await this.#source.next();
      if (next.done) return null;
      this.#pieces.came(next.value);
      this.#waiting = this.#padding.strip(next.value);
      const kept = this.#waiting.reduce((sum, { length }) => sum + length, 0);
      this.bytesRead += next.value.length - kept;
      this.#checkSize();
      bytes = this.#waiting.shift();
    }
    if (bytes.length > PIECE_BYTES) this.#waiting.unshift(bytes.subarray(PIECE_BYTES));
    return bytes.subarray(0, PIECE_BYTES);
  }

  #begin(stream: Dicer.PartStream): void {
    this.#partCount += 1;
    const part: FormPart = new FormPart(stream, ({ name, filename }) => {
      if (name === this.#field) this.#coming ??= part;
      const isWanted = part === this.#coming || (name !== "" && filename === null);
      if (isWanted && part.isEncoded) this.failure ??= malformed(null, ENCODED);
      return isWanted;
    });
    if (this.#partCount <= MAX_PARTS) this.#parts.push(part);
    else this.failure ??= malformed(null, `It has more than ${MAX_PARTS} parts.`);
  }

  /** Processes the parts in their order, so that all fields before the chunk are known when the chunk is. */
  #sort(): void {
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      if (part === this.#coming && this.#chunk === null) {
        this.#chunk = part;
        this.fieldsBefore = new Map(this.fields);
      }
      if (!part.ended) return;
      this.#parts.shift();
      const { head } = part;
      if (head === null || head.name === "" || part === this.#chunk) continue;
      if (head.filename === null) this.fields.set(head.name, part.text());
    }
  }

  #checkSize(): void {
    if (this.failure !== null) throw this.failure;
    // The chunk's stream emits its first bytes after the parser has read them.
    const late = this.#coming === null ? 0 : 2 * PIECE_BYTES;
    if (this.bytesRead - this.chunkLength <= this.#maxBeside + late) return;
    throw new UploadError("BODY_TOO_LARGE", {
      message: "The form is too large in addition to its file.",
      details: { max_bytes: this.#maxBeside },
    });
  }
}

function startParser(boundary: string): Dicer {
  try {
    return new Dicer({ boundary, maxHeaderPairs: 100 });
  } catch (cause) {
    throw malformed(cause, "Its boundary is invalid.");
  }
}

function malformed(cause: unknown, reason = "It ends before its closing boundary."): UploadError {
  return new UploadError("INVALID_INPUT", {
    message: `The form is malformed. ${reason}`,
    cause,
  });
}

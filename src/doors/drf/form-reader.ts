import { Dicer } from "@fastify/busboy";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Body } from "../../core/requests.ts";
import { FormPart, type PartHead } from "./form-part.ts";
import { SourcePieces } from "./source-pieces.ts";
import { TransportPadding } from "./transport-padding.ts";

/** Everything in a form beside its chunk, framing included, may have so many bytes. */
export const MAX_BESIDE_CHUNK = 64 * 1024;
const MAX_PARTS = 1_000;
const ENCODED =
  "Its parts must be sent as they are, without a Content-Transfer-Encoding of base64.";
/** What the parser is given at once: no more than this is ever ahead of whoever takes the bytes. */
const PIECE_BYTES = 64 * 1024;

/** The part that carries the chunk. */
export type ChunkHead = PartHead;

/**
 * A `multipart/form-data` body, read as it is asked for and never further: nothing is gathered but
 * the small fields. The first part called `field` is the chunk, whether it names a file or not;
 * every other part that names a file is passed over. INVALID_INPUT for what is no such form or is
 * encoded in base64, BODY_TOO_LARGE for too much beside the chunk, and whatever the body itself throws.
 */
export class FormReader {
  /** The small fields read so far; of several with one name the last. */
  readonly fields = new Map<string, string>();
  /** Those of them that stood before the chunk, however the body was cut on its way. */
  fieldsBefore: ReadonlyMap<string, string> = new Map();
  /** Why reading failed; whoever reads later hears it again. */
  failure: UploadError | null = null;
  /** True while bytes are awaited from the sender. */
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
  /** What has come and was not given to the parser. */
  #waiting: Uint8Array[] = [];
  #partCount = 0;
  /** Parts that are not dealt with, in the order in which they came. */
  #parts: FormPart[] = [];
  /** The chunk's part, from its headers on. */
  #coming: FormPart | null = null;
  /** The same, once all parts before it are dealt with. */
  #chunk: FormPart | null = null;

  /**
   * `field` null: no part is the chunk. `maxBeside` is the most bytes beside it; `spent` hears of the
   * body's pieces as the chunk's bytes are spent. Throws INVALID_INPUT for a boundary that is none.
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

  /** The chunk's head, once it has come. */
  get chunk(): ChunkHead | null {
    return this.#chunk?.head ?? null;
  }

  /** The chunk's bytes that have come so far. */
  get chunkLength(): number {
    return this.#coming?.length ?? 0;
  }

  /** Reads on until the chunk begins; null when the form ends without one. */
  async findChunk(): Promise<ChunkHead | null> {
    while (this.chunk === null && (await this.advance()));
    return this.chunk;
  }

  /** The chunk's bytes. Ends no earlier than the form's closing boundary. */
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

  /** Drops what has come of the chunk. */
  drop(): void {
    this.#chunk?.take();
  }

  /** Reads a little more; false once the closing boundary has been read. */
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

  /** Nothing more is read: whoever watches over the body need not wait for it. */
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

  /** Gives the parser a piece. It may forget to say that it has taken the one with the closing boundary. */
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

  /** Deals with the parts in their order: what stood before the chunk is known when the chunk is. */
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
    // The chunk's stream gives its first bytes a moment later than the parser has read them.
    const late = this.#coming === null ? 0 : 2 * PIECE_BYTES;
    if (this.bytesRead - this.chunkLength <= this.#maxBeside + late) return;
    throw new UploadError("BODY_TOO_LARGE", {
      message: "The form holds too much beside its file.",
      details: { max_bytes: this.#maxBeside },
    });
  }
}

function startParser(boundary: string): Dicer {
  try {
    return new Dicer({ boundary, maxHeaderPairs: 100 });
  } catch (cause) {
    throw malformed(cause, "Its boundary is no boundary.");
  }
}

function malformed(cause: unknown, reason = "It ends before its closing boundary."): UploadError {
  return new UploadError("INVALID_INPUT", {
    message: `The form is malformed. ${reason}`,
    cause,
  });
}

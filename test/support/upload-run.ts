import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect } from "vitest";
import { isUploadError } from "../../src/core/errors.ts";
import { addRange, type ByteRange, missingRanges, prefixLength } from "../../src/core/ranges.ts";
import type { Upload } from "../../src/core/upload.ts";
import { alice, arriving, memoryCore } from "./memory-core.ts";

export const CHUNK = 65_536;

export const codeOf = (error: unknown) => (isUploadError(error) ? error.code : error);

const longest = Uint8Array.from(
  { length: 10 * CHUNK },
  (_, index) => (index * 31 + (index >> 8)) & 0xff,
);

export function fileOf(size: number): Uint8Array {
  return longest.subarray(0, size);
}

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

type World = ReturnType<typeof memoryCore>;
type Part = ByteRange & { file: Uint8Array; cutAfter?: number };

export function send(world: World, upload: Upload, part: Part): Promise<Upload> {
  const { file, start, end, ...how } = part;
  return world.service.append(alice, {
    id: upload.id,
    position: { start, end, total: upload.size },
    contentLength: end - start,
    body: arriving(file.subarray(start, end), how),
    signal: new AbortController().signal,
  });
}

/** One thing that a client, a network or a user may do; positions are chunk numbers or distances. */
export type UploadStep =
  | { do: "chunk"; at: number }
  | { do: "forward"; length: number }
  | { do: "cut"; at: number; after: number }
  | { do: "astray"; by: number }
  | { do: "complete" };

export const uploadStep: fc.Arbitrary<UploadStep> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("chunk"), at: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("forward"),
      length: fc.integer({ min: 1, max: 200_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("cut"), at: fc.nat(9), after: fc.nat(CHUNK) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("astray"), by: fc.integer({ min: 1, max: CHUNK - 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("complete") }) },
);

/** An upload under random steps, beside a model of what the server must hold by now. */
export class UploadRun {
  held: ByteRange[] = [];
  #completed = false;
  readonly file: Uint8Array;
  readonly #world: World;
  readonly #upload: Upload;

  private constructor(file: Uint8Array, world: World, upload: Upload) {
    this.file = file;
    this.#world = world;
    this.#upload = upload;
  }

  static async begin(file: Uint8Array): Promise<UploadRun> {
    const world = memoryCore();
    const upload = await world.service.init(alice, {
      filename: "a",
      size: file.length,
      chunkSize: CHUNK,
    });
    return new UploadRun(file, world, upload);
  }

  record(): Promise<Upload> {
    return this.#world.service.status(alice, this.#upload.id);
  }

  async take(step: UploadStep): Promise<void> {
    if (this.#completed) return;
    if (step.do === "chunk") await this.#sendHeld(this.#chunk(step.at));
    else if (step.do === "forward") await this.#sendHeld(this.#forward(step.length));
    else if (step.do === "cut") await this.#sendCut(this.#chunk(step.at), step.after);
    else if (step.do === "astray") await this.#sendAstray(step.by);
    else await this.#complete();
  }

  /** Sends every chunk that still lacks a byte, whole: bytes that are held already must do no harm. */
  async sendMissing(): Promise<void> {
    if (this.#completed) return;
    for (let at = 0; at * CHUNK < this.file.length; at += 1) {
      if (this.#missing(this.#chunk(at)).length > 0) await this.#sendHeld(this.#chunk(at));
    }
  }

  async completeAndRead(): Promise<Uint8Array> {
    await this.#complete();
    const { read } = await this.#world.service.open(alice, this.#upload.id);
    const pieces: Uint8Array[] = [];
    for await (const bytes of read({ start: 0, end: this.file.length })) pieces.push(bytes);
    return Buffer.concat(pieces);
  }

  #chunk(at: number): ByteRange {
    return { start: at * CHUNK, end: Math.min((at + 1) * CHUNK, this.file.length) };
  }

  #forward(length: number): ByteRange {
    const start = prefixLength(this.held);
    return { start, end: Math.min(start + length, this.file.length) };
  }

  #missing(range: ByteRange): ByteRange[] {
    return missingRanges(this.held, range);
  }

  async #sendHeld(range: ByteRange): Promise<void> {
    if (range.end <= range.start) return;
    await send(this.#world, this.#upload, { file: this.file, ...range });
    this.held = addRange(this.held, range);
  }

  /** A cut body keeps what arrived where it continued the prefix, and nothing elsewhere. */
  async #sendCut(range: ByteRange, after: number): Promise<void> {
    const first = this.#missing(range)[0]?.start;
    if (first === undefined) return;
    const cutAfter = Math.min(after, range.end - range.start - 1);
    const sent = send(this.#world, this.#upload, { file: this.file, ...range, cutAfter });
    expect(await sent.catch(codeOf)).toBe("UNAVAILABLE");
    if (first !== prefixLength(this.held)) return;
    const arrived = { start: range.start, end: range.start + cutAfter };
    if (arrived.end > first) this.held = addRange(this.held, arrived);
  }

  async #sendAstray(by: number): Promise<void> {
    const start = prefixLength(this.held) + by;
    const range = { start, end: Math.min(start + 7, this.file.length) };
    const isTaken = range.end <= start || start % CHUNK === 0 || this.#missing(range).length === 0;
    if (isTaken) return;
    const sent = send(this.#world, this.#upload, { file: this.file, ...range });
    expect(await sent.catch(codeOf)).toBe("OFFSET_MISMATCH");
  }

  async #complete(): Promise<void> {
    const ask = { id: this.#upload.id, checksum: md5(this.file) };
    const outcome = await this.#world.service
      .complete(alice, ask)
      .then(({ state }) => state, codeOf);
    const isWhole = this.#missing({ start: 0, end: this.file.length }).length === 0;
    expect(outcome).toBe(isWhole ? "complete" : "INCOMPLETE");
    this.#completed = isWhole;
  }
}

import { createHash } from "node:crypto";
import { once } from "node:events";
import { type Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Upload } from "../../src/core/upload.ts";
import type { WholeAnswer } from "./http-client.ts";
import type { RandomFile } from "./random-file.ts";

/** Where chunks go, and as whom. */
export interface Target {
  /** The raw door's URL of the upload. */
  readonly url: string;
  /** `Authorization` or `Cookie` and what goes with them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `[start, end)` of a file of `total` bytes; `total` null for a length that is still deferred. */
export interface ChunkOf {
  readonly start: number;
  readonly end: number;
  readonly total?: number | null;
}

export interface ChunkExtras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
  /** Sends the right `Content-Digest` of this algorithm (`sha-256`, `md5`, …). */
  readonly digest?: "sha-256" | "sha-512" | "md5";
}

export function bearer(url: string, token: string): Target {
  return { url, headers: { authorization: `Bearer ${token}` } };
}

function rangeHeader(file: RandomFile, { start, end, total }: ChunkOf): string {
  return `bytes ${start}-${end - 1}/${total === null ? "*" : (total ?? file.size)}`;
}

function open(target: Target, file: RandomFile, ask: ChunkOf & ChunkExtras): ClientRequest {
  return request(target.url, {
    method: "PUT",
    agent: ask.agent ?? false,
    headers: {
      ...target.headers,
      "content-type": "application/octet-stream",
      "content-length": String(ask.end - ask.start),
      "content-range": rangeHeader(file, ask),
      ...(ask.digest && { "content-digest": contentDigest(file, ask, ask.digest) }),
      ...ask.headers,
    },
  });
}

/** The `Content-Digest` of a range (RFC 9530). */
export function contentDigest(
  file: RandomFile,
  { start, end }: ChunkOf,
  algorithm: string,
): string {
  const hash = createHash(algorithm.replace("-", "")).update(file.slice(start, end));
  return `${algorithm}=:${hash.digest("base64")}:`;
}

/** Sends a chunk whole. Rejects when the line breaks before the answer. */
export async function sendChunk(
  target: Target,
  file: RandomFile,
  ask: ChunkOf & ChunkExtras,
): Promise<WholeAnswer> {
  const outgoing = open(target, file, ask);
  const answered = answerOf(outgoing);
  writeAll(outgoing, file.pieces(ask.start, ask.end)).catch(() => undefined);
  return answered;
}

/** Begins a chunk and leaves it open: the caller says how it goes on. */
export class OpenChunk {
  readonly answer: Promise<WholeAnswer>;
  /** Resolves when the server asks for the body of a chunk that says `Expect: 100-continue`, or refuses it. */
  readonly wanted: Promise<void>;
  readonly #outgoing: ClientRequest;
  readonly #file: RandomFile;
  #at: number;
  readonly #end: number;

  constructor(target: Target, file: RandomFile, ask: ChunkOf & ChunkExtras) {
    this.#outgoing = open(target, file, ask);
    this.#file = file;
    this.#at = ask.start;
    this.#end = ask.end;
    this.answer = answerOf(this.#outgoing);
    this.answer.catch(() => undefined);
    this.wanted = new Promise((resolve) => {
      this.#outgoing.once("continue", resolve);
      this.answer.then(
        () => resolve(),
        () => resolve(),
      );
    });
    this.#outgoing.flushHeaders();
  }

  /** Sends up to `bytes` more; resolves when they have left this process. */
  async send(bytes: number): Promise<void> {
    const end = Math.min(this.#end, this.#at + bytes);
    await writeSome(this.#outgoing, this.#file.pieces(this.#at, end));
    this.#at = end;
  }

  /** Sends what is left and answers the answer. */
  async finish(): Promise<WholeAnswer> {
    await this.send(this.#end - this.#at);
    this.#outgoing.end();
    return this.answer;
  }

  /** Breaks the line as a lost network does. */
  cut(): void {
    this.#outgoing.destroy();
  }
}

/**
 * A chunk whose first `bytes` bytes are sent, the line still open. The server has let it in and
 * reads it: it asked for the body (100 Continue), which it does no earlier.
 */
export async function beginChunk(
  target: Target,
  file: RandomFile,
  ask: ChunkOf & ChunkExtras & { bytes: number },
): Promise<OpenChunk> {
  const headers = { ...ask.headers, expect: "100-continue" };
  const chunk = new OpenChunk(target, file, { ...ask, headers });
  await chunk.wanted;
  await chunk.send(ask.bytes);
  return chunk;
}

/** What the raw door says of an upload. */
export interface RawView {
  readonly id: string;
  readonly offset: number;
  readonly size: number | null;
  readonly received: readonly (readonly [number, number])[];
  readonly status: 1 | 2;
  readonly chunk_size: number;
  readonly [field: string]: unknown;
}

export async function readUpload(target: Target): Promise<RawView> {
  const answer = await fetch(target.url, { headers: target.headers });
  if (answer.status !== 200) throw new Error(`GET ${target.url}: ${answer.status}`);
  return (await answer.json()) as RawView;
}

/** The chunks of a file by an upload's chunk size. */
export function chunksOf(file: RandomFile, chunkSize: number): ChunkOf[] {
  const count = Math.ceil(file.size / chunkSize);
  return Array.from({ length: count }, (_, index) => ({
    start: index * chunkSize,
    end: Math.min((index + 1) * chunkSize, file.size),
  }));
}

/** Runs `work` over `items`, at most `lanes` at once. */
export async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Whether the file on disk has the right bytes in all `ranges`. Answers the first wrong position, or null. */
export async function firstWrongByte(
  path: string,
  file: RandomFile,
  ranges: Iterable<readonly [number, number]>,
): Promise<number | null> {
  const { open: openFile } = await import("node:fs/promises");
  await using handle = await openFile(path, "r");
  const block = Buffer.allocUnsafe(2 ** 20);
  for (const [start, end] of ranges) {
    for (let at = start; at < end; ) {
      const { bytesRead } = await handle.read(block, 0, Math.min(block.length, end - at), at);
      if (bytesRead === 0) return at;
      const wrong = compare(block.subarray(0, bytesRead), file.slice(at, at + bytesRead));
      if (wrong !== null) return at + wrong;
      at += bytesRead;
    }
  }
  return null;
}

function compare(held: Buffer, right: Buffer): number | null {
  if (held.equals(right)) return null;
  return held.findIndex((byte, index) => byte !== right[index]);
}

/** Where an upload's bytes lie under a data directory. */
export function partPath(
  dataDir: string,
  upload: Pick<Upload, "storageKey">,
  ext = ".part",
): string {
  return `${dataDir}/media/${upload.storageKey}${ext}`;
}

async function answerOf(outgoing: ClientRequest): Promise<WholeAnswer> {
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  // The server may hang up once it has answered a body that it did not want: the answer counts.
  outgoing.on("error", () => undefined);
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const body = Buffer.concat(parts);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body,
    json: () => JSON.parse(body.toString("utf8")),
  };
}

async function writeSome(outgoing: ClientRequest, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) {
    if (outgoing.destroyed || outgoing.writableEnded) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        outgoing.off("close", done);
        resolve();
      };
      outgoing.once("close", done);
      outgoing.write(piece, done);
    });
  }
}

async function writeAll(outgoing: ClientRequest, pieces: Iterable<Buffer>): Promise<void> {
  await writeSome(outgoing, pieces);
  outgoing.end();
}

import type { ByteRange } from "../core/ranges.ts";
import { rawUploadPath } from "../wire/paths.ts";
import type { Bytes } from "./bytes.ts";
import { type ContentDigestAlgorithm, formatContentDigest } from "./content-digest.ts";
import type { UploadTask } from "./upload-task.ts";

/** The bytes of one request. */
export interface Portion {
  readonly id: string;
  readonly range: ByteRange;
  /** The length of the upload; null while unknown. */
  readonly total: number | null;
  readonly body: Bytes;
  /** The number of the chunk, unique among the running requests of the upload. */
  readonly chunk: number;
  readonly signal: AbortSignal;
}

/** Sends a portion, once, as soon as a slot is free. Resolves when the server has acknowledged it. */
export async function putBytes(task: UploadTask, portion: Portion): Promise<void> {
  const { engine, state, pace } = task;
  const { range, body, chunk, signal } = portion;
  const { clock, transport } = engine.runtime;
  const release = await engine.chunks.acquire(signal);
  const { start } = range;
  try {
    const contentDigest = await contentDigestOf(task, portion);
    const began = clock.now();
    let sentAt = began;
    state.inFlight(chunk, { start, end: start });
    await transport.putChunk({
      url: `${engine.origin}${rawUploadPath(portion.id)}`,
      body,
      ...range,
      total: portion.total,
      contentDigest,
      onSent: (bytes) => {
        sentAt = clock.now();
        state.inFlight(chunk, { start, end: start + bytes });
      },
      signal,
    });
    pace.observe(sentAt - began, clock.now() - began);
    state.confirmed(chunk, range);
  } finally {
    state.unconfirmed(chunk);
    release();
  }
}

/** The digest algorithm for each algorithm of `Content-Digest`. */
const digestNames: Readonly<Record<ContentDigestAlgorithm, string>> = {
  "sha-256": "sha256",
  "sha-512": "sha512",
  md5: "md5",
  crc32c: "crc32c",
};

async function contentDigestOf(task: UploadTask, portion: Portion): Promise<string | null> {
  const { chunkDigest, runtime } = task.engine;
  if (chunkDigest === null) return null;
  const { body, signal } = portion;
  const session = runtime.digests.open(body, digestNames[chunkDigest]);
  try {
    const hex = await session.upTo(body.size, { onRead: () => undefined, signal });
    return formatContentDigest(chunkDigest, hex);
  } finally {
    session.close();
  }
}

import type { Readable } from "node:stream";
import type { ByteRange } from "../../core/ranges.ts";
import type { Bucket } from "./bucket.ts";
import { isMissing, storeFailure, unavailable } from "./failure.ts";

/** A service that sends no byte for so long while we wait for one is asked again. Milliseconds. */
const SILENCE_MS = 20_000;
/** Connections that break one after the other without a byte between them. */
const ATTEMPTS = 3;

/**
 * A range of an object. A connection that breaks in the middle is opened again at that position: services
 * close the connections of slow readers. Throws UNAVAILABLE, and the service's error when the object does
 * not exist.
 */
export async function* readObject(
  bucket: Bucket,
  key: string,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  let at = range.start;
  for (let broken = 0; at < range.end; ) {
    const stop = new AbortController();
    const stream = await opened(bucket.get(key, { start: at, end: range.end }, stop.signal));
    try {
      for await (const bytes of unlessSilent(stream)) {
        at += bytes.length;
        broken = 0;
        yield bytes;
      }
      if (at < range.end) throw unavailable(`${key} ends at ${at} of ${range.end} bytes`);
    } catch (error) {
      broken += 1;
      if (broken === ATTEMPTS) throw storeFailure(error);
    } finally {
      stream.destroy();
      stop.abort();
    }
  }
}

/** The SDK has tried several times already. */
async function opened(stream: Promise<Readable>): Promise<Readable> {
  try {
    return await stream;
  } catch (error) {
    throw isMissing(error) ? error : storeFailure(error);
  }
}

/** Only the time spent waiting for the service counts: the reader may be as slow as it likes. */
async function* unlessSilent(stream: Readable): AsyncGenerator<Uint8Array> {
  const bytes = stream[Symbol.asyncIterator]();
  for (;;) {
    const timer = setTimeout(
      () => stream.destroy(new Error("the service stopped sending")),
      SILENCE_MS,
    );
    const next = await bytes.next().finally(() => clearTimeout(timer));
    if (next.done === true) return;
    yield next.value;
  }
}

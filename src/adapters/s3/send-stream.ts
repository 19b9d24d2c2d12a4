import { Readable } from "node:stream";

/** Bytes whose number and checksum are known before they are sent. */
export interface CheckedStream {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly bytes: number;
  /** In base64. */
  readonly crc32: string;
}

/**
 * Runs `send` with a stream of `bytes`. When `bytes` throws, `signal` aborts and that error is thrown. The
 * stream itself emits no error: the SDK reads a request body through a stream of its own, on which nothing
 * listens for errors, so that the process would end.
 */
export async function sendStream<T>(
  bytes: AsyncIterable<Uint8Array>,
  send: (stream: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  async function* withoutErrors(): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes;
    } catch (error) {
      fail(error);
      stop.abort();
      // An end would look like the end of the body.
      await new Promise<never>(() => undefined);
    }
  }
  const stream = Readable.from(withoutErrors(), { objectMode: false });
  try {
    return await Promise.race([failed, send(stream, stop.signal)]);
  } finally {
    stream.destroy();
  }
}

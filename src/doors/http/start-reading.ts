/**
 * Reads the first piece of `source` at once, so that bytes which cannot be read are an answer of
 * their own instead of a line cut after a 200. The rest is read as it is asked for; leaving the
 * result early leaves `source` too.
 */
export async function startReading(
  source: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  const iterator = source[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array> | null = await iterator.next();
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        const ready = first;
        first = null;
        return ready === null ? iterator.next() : Promise.resolve(ready);
      },
      async return() {
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/**
 * Reads the first piece of `source` immediately, so that unreadable bytes cause an error response instead of a
 * connection that breaks after a 200. The rest is read on demand; ending the iteration early ends that of
 * `source` too.
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

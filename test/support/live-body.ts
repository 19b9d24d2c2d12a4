/** A body that a test feeds by hand: it stays open until it is ended. */
export interface LiveBody extends AsyncIterable<Uint8Array> {
  give(bytes: Uint8Array): void;
  end(): void;
}

export function liveBody(): LiveBody {
  const waiting: Uint8Array[] = [];
  let ended = false;
  let wake = () => {};
  return {
    give(bytes) {
      waiting.push(bytes);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

/** Lets everything run that does not wait for somebody outside. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Makes the next call of `object[name]`, and only that, run as `instead` says. */
export function once<T extends object, K extends keyof T>(
  object: T,
  name: K,
  instead: (call: () => Promise<unknown>) => Promise<unknown>,
): void {
  const original = object[name];
  const call = original as (...args: unknown[]) => Promise<unknown>;
  object[name] = ((...args: unknown[]) => {
    object[name] = original;
    return instead(() => call.apply(object, args));
  }) as T[K];
}

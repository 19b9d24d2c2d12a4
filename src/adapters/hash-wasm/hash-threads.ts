import type { RunningDigest } from "../../core/ports/digests.ts";
import { HashThreadClient } from "./hash-thread-client.ts";
import { wrapState } from "./saved-state.ts";

export interface HashThreads {
  /** Starts a digest on the least busy thread; `state` is the library's own, known to load. */
  start(algorithm: string, state: Uint8Array | null): RunningDigest;
  end(): Promise<void>;
}

/**
 * Starts `count` hashing threads from the built `hash-thread.ts` at `script`: hashing takes more CPU than
 * everything else in an upload, and the main thread must serve all other requests. If a thread dies, its
 * digests fail and it is replaced.
 */
export function startHashThreads(script: URL, count: number): HashThreads {
  const threads = Array.from({ length: count }, () => new HashThreadClient(script));
  let started = 0;

  function leastBusy(): HashThreadClient {
    for (const [index, thread] of threads.entries())
      if (thread.failed) threads[index] = new HashThreadClient(script);
    return threads.reduce((least, thread) => (thread.load < least.load ? thread : least));
  }

  return {
    start(algorithm, state) {
      const thread = leastBusy();
      started += 1;
      thread.send({ do: "start", digest: started, algorithm, state });
      return digestOn(thread, { id: started, algorithm });
    },
    async end() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

function digestOn(
  thread: HashThreadClient,
  { id, algorithm }: { id: number; algorithm: string },
): RunningDigest {
  let released = false;
  thread.load += 1;
  const mustRun = () => {
    if (released) throw new Error("the digest was released");
  };
  return {
    update(bytes) {
      mustRun();
      return thread.request({ do: "update", digest: id, bytes }).then(ignore, ignore);
    },
    async save() {
      mustRun();
      return wrapState(algorithm, (await thread.request({ do: "save", digest: id })) as Uint8Array);
    },
    async hex() {
      mustRun();
      return (await thread.request({ do: "hex", digest: id })) as string;
    },
    release() {
      if (released) return;
      released = true;
      thread.load -= 1;
      thread.send({ do: "release", digest: id });
    },
  };
}

/** A failure is reported when the state or the digest is requested. */
function ignore(): void {}

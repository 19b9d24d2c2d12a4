import type { RunningDigest } from "../../core/ports/digests.ts";
import { wrapState } from "./saved-state.ts";
import { ThreadLine } from "./thread-line.ts";

export interface HashThreads {
  /** A digest on the least busy thread; `state` is the library's own, and known to load. */
  start(algorithm: string, state: Uint8Array | null): RunningDigest;
  end(): Promise<void>;
}

/**
 * So many threads that digest, from the built `hash-thread.ts` at `script`: a digest costs more CPU
 * than everything else about an upload together, and the main thread has all the others to serve.
 * A thread that dies fails its digests and is replaced.
 */
export function startHashThreads(script: URL, count: number): HashThreads {
  const lines = Array.from({ length: count }, () => new ThreadLine(script));
  let started = 0;

  function leastBusy(): ThreadLine {
    for (const [index, line] of lines.entries())
      if (line.failed) lines[index] = new ThreadLine(script);
    return lines.reduce((least, line) => (line.load < least.load ? line : least));
  }

  return {
    start(algorithm, state) {
      const line = leastBusy();
      started += 1;
      line.tell({ do: "start", digest: started, algorithm, state });
      return digestOn(line, { id: started, algorithm });
    },
    async end() {
      await Promise.all(lines.map((line) => line.end()));
    },
  };
}

function digestOn(
  line: ThreadLine,
  { id, algorithm }: { id: number; algorithm: string },
): RunningDigest {
  let released = false;
  line.load += 1;
  const mustRun = () => {
    if (released) throw new Error("the digest was released");
  };
  return {
    update(bytes) {
      mustRun();
      return line.ask({ do: "update", digest: id, bytes }).then(ignore, ignore);
    },
    async save() {
      mustRun();
      return wrapState(algorithm, (await line.ask({ do: "save", digest: id })) as Uint8Array);
    },
    async hex() {
      mustRun();
      return (await line.ask({ do: "hex", digest: id })) as string;
    },
    release() {
      if (released) return;
      released = true;
      line.load -= 1;
      line.tell({ do: "release", digest: id });
    },
  };
}

/** What went wrong shows when the state or the digest is asked for. */
function ignore(): void {}

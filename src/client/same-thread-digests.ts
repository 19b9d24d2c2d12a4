import { UploadFailure } from "./failure.ts";
import { HashSession } from "./hash-session.ts";
import type { OpenHasher } from "./hasher.ts";
import type { DigestSession, FileDigests, StreamDigest } from "./runtime.ts";

/** Bytes digested without a pause: a few milliseconds of work, so that the thread stays responsive. */
const STEP_BYTES = 2 ** 20;

/** What digests on the calling thread need. */
export interface SameThread {
  readonly openHasher: OpenHasher;
  /** Lets other tasks of the thread run. */
  readonly pause: () => Promise<void>;
}

/** Digests on the calling thread, in short steps. */
export function sameThreadDigests(thread: SameThread): FileDigests {
  return {
    open: (file, algorithm) =>
      openFile(new HashSession(file, () => thread.openHasher(algorithm), STEP_BYTES)),
    openStream: (algorithm) => openStream(thread, algorithm),
  };
}

function openFile(session: HashSession): DigestSession {
  let previous: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    upTo: (length, { onRead, signal }) => {
      const isWanted = (bytes: number) => {
        onRead(bytes);
        return !closed && !signal.aborted;
      };
      const digest = async () => {
        if (closed || signal.aborted) throw new UploadFailure("ABORTED");
        const checksum = await session.digest(length, isWanted);
        if (checksum === null) throw new UploadFailure("ABORTED");
        return checksum;
      };
      // One after another: they share the position of the session.
      const result = previous.then(digest);
      previous = result.catch(() => undefined);
      return result;
    },
    close: () => {
      closed = true;
    },
  };
}

function openStream({ openHasher, pause }: SameThread, algorithm: string): StreamDigest {
  const hasher = openHasher(algorithm);
  // Reported by `update` and `digest`.
  hasher.catch(() => undefined);
  return {
    update: async (bytes) => {
      const open = await hasher;
      for (let start = 0; start < bytes.byteLength; start += STEP_BYTES) {
        open.update(bytes.subarray(start, start + STEP_BYTES));
        await pause();
      }
    },
    digest: async () => (await hasher).digest(),
    close: () => undefined,
  };
}

import { UploadFailure } from "./failure.ts";
import { HashSession } from "./hash-session.ts";
import type { OpenHasher } from "./hasher.ts";
import type { DigestSession, FileDigests, StreamDigest } from "./runtime.ts";

/** Bytes digested without a pause: a few milliseconds of work, so that the thread stays responsive. */
const STEP = 2 ** 20;

/** How digests are computed on the thread that asks for them. */
export interface SameThread {
  readonly openHasher: OpenHasher;
  /** Lets other work of the thread run. */
  readonly pause: () => Promise<void>;
}

/** Digests on the calling thread, in short steps. */
export function sameThreadDigests(thread: SameThread): FileDigests {
  return {
    open: (file, algorithm) =>
      openFile(new HashSession(file, () => thread.openHasher(algorithm), STEP)),
    openStream: (algorithm) => openStream(thread, algorithm),
  };
}

function openFile(session: HashSession): DigestSession {
  let turn: Promise<unknown> = Promise.resolve();
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
      // One after another: they share the session's position.
      const mine = turn.then(digest);
      turn = mine.catch(() => undefined);
      return mine;
    },
    close: () => {
      closed = true;
    },
  };
}

function openStream({ openHasher, pause }: SameThread, algorithm: string): StreamDigest {
  const hasher = openHasher(algorithm);
  // `update` and `digest` reject with it.
  hasher.catch(() => undefined);
  return {
    update: async (bytes) => {
      const open = await hasher;
      for (let start = 0; start < bytes.byteLength; start += STEP) {
        open.update(bytes.subarray(start, start + STEP));
        await pause();
      }
    },
    digest: async () => (await hasher).digest(),
    close: () => undefined,
  };
}

import { createHash } from "node:crypto";
import { UploadFailure } from "../failure.ts";
import { HashSession } from "../hash-session.ts";
import { type Hasher, plainName } from "../hasher.ts";
import { openWasmHasher } from "../hashers.ts";
import type { DigestSession, FileDigests, StreamDigest } from "../runtime.ts";

/** Bytes digested without a pause: some milliseconds of work, so that the process stays quick. */
const STEP = 2 ** 20;

/** Digests on the main thread, between reads of the file: by Node's own OpenSSL where it knows the algorithm. */
export const nodeDigests: FileDigests = { open: openFile, openStream };

function openFile(file: Parameters<FileDigests["open"]>[0], algorithm: string): DigestSession {
  const session = new HashSession(file, () => openHasher(algorithm), STEP);
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    upTo: (length, { onRead, signal }) => {
      const wanted = (bytes: number) => {
        onRead(bytes);
        return !closed && !signal.aborted;
      };
      const digest = async () => {
        if (closed || signal.aborted) throw new UploadFailure("ABORTED");
        const checksum = await session.digest(length, wanted);
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

function openStream(algorithm: string): StreamDigest {
  const hasher = openHasher(algorithm);
  // Whoever updates it is told.
  hasher.catch(() => undefined);
  return {
    update: async (bytes) => {
      const open = await hasher;
      for (let start = 0; start < bytes.byteLength; start += STEP) {
        open.update(bytes.subarray(start, start + STEP));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    digest: async () => (await hasher).digest(),
    close: () => undefined,
  };
}

/** The names that differ from the server's. */
const nativeNames: Readonly<Record<string, string>> = {
  md5: "md5",
  sha1: "sha1",
  sha224: "sha224",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  sha3224: "sha3-224",
  sha3256: "sha3-256",
  sha3384: "sha3-384",
  sha3512: "sha3-512",
  blake2b: "blake2b512",
  blake2s: "blake2s256",
};

export async function openHasher(algorithm: string): Promise<Hasher> {
  return nativeHasher(nativeNames[plainName(algorithm)]) ?? openWasmHasher(algorithm);
}

/** null where this build of Node does not know the algorithm, or is not allowed to. */
function nativeHasher(name: string | undefined): Hasher | null {
  if (name === undefined) return null;
  try {
    const hash = createHash(name);
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.copy().digest("hex") };
  } catch {
    return null;
  }
}

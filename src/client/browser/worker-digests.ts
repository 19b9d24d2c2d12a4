import type { Bytes } from "../bytes.ts";
import { UploadFailure } from "../failure.ts";
import { orAborted } from "../or-aborted.ts";
import type { DigestSession, FileDigests, StreamDigest } from "../runtime.ts";
import { sameThreadDigests } from "../same-thread-digests.ts";
import { HashWorkerClient } from "./hash-worker-client.ts";
import { startHashWorker } from "./start-hash-worker.ts";

/** After this many failed starts, digests are computed on the page's thread. */
const MAX_FAILED_STARTS = 3;

/**
 * Computes digests in a Web Worker, so that the page stays responsive. The worker starts with the first
 * file and is restarted after a crash. If it does not start, the page's thread computes the digests in
 * short steps.
 */
export function workerDigests(): FileDigests {
  const backend = new DigestBackend();
  return {
    open: (file, algorithm) => openFile(backend, file, algorithm),
    openStream: (algorithm) => openStream(backend, algorithm),
  };
}

/** Selects the worker or the page's thread. */
class DigestBackend {
  #failedStarts = 0;
  #client: HashWorkerClient | null = null;
  #starting: Promise<HashWorkerClient | null> | null = null;

  /** Whether `digests` can still be used. */
  isAlive(digests: FileDigests): boolean {
    return !(digests instanceof HashWorkerClient && digests.isDead);
  }

  async get(): Promise<FileDigests> {
    if (this.#client !== null && !this.#client.isDead) return this.#client;
    if (this.#failedStarts >= MAX_FAILED_STARTS) return pageDigests;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return (await this.#starting) ?? pageDigests;
  }

  async #start(): Promise<HashWorkerClient | null> {
    const worker = await startHashWorker();
    if (worker === null) this.#failedStarts += 1;
    else this.#client = new HashWorkerClient(worker);
    return worker === null ? null : this.#client;
  }
}

/** Loads the hash functions into the page only when no worker can be used. */
const pageDigests = sameThreadDigests({
  openHasher: async (algorithm) => (await loadHashers()).openWasmHasher(algorithm),
  pause: () => new Promise((resolve) => setTimeout(resolve)),
});

async function loadHashers() {
  try {
    return await import("../hashers.ts");
  } catch (cause) {
    throw new UploadFailure("NETWORK", {
      message: "The hash functions could not be loaded.",
      cause,
    });
  }
}

/** Reads the file again with a new worker when the previous one has crashed. */
function openFile(backend: DigestBackend, file: Bytes, algorithm: string): DigestSession {
  let open: { readonly by: FileDigests; readonly session: DigestSession } | null = null;
  let closed = false;
  return {
    upTo: async (length, options) => {
      if (open === null || !backend.isAlive(open.by)) {
        const by = await orAborted(backend.get(), options.signal);
        // A concurrent call may have opened the session in the meantime.
        if (open?.by !== by) open = { by, session: by.open(file, algorithm) };
      }
      if (closed || options.signal.aborted) throw new UploadFailure("ABORTED");
      return open.session.upTo(length, options);
    },
    close: () => {
      closed = true;
      open?.session.close();
    },
  };
}

function openStream(backend: DigestBackend, algorithm: string): StreamDigest {
  const digest = backend.get().then((by) => by.openStream(algorithm));
  return {
    update: async (bytes) => (await digest).update(bytes),
    digest: async () => (await digest).digest(),
    close: () => void digest.then((open) => open.close()),
  };
}

import type { Bytes } from "../bytes.ts";
import { UploadFailure } from "../failure.ts";
import { orAborted } from "../or-aborted.ts";
import type { DigestSession, FileDigests, StreamDigest } from "../runtime.ts";
import { sameThreadDigests } from "../same-thread-digests.ts";
import { HashDesk } from "./hash-desk.ts";
import { startHashWorker } from "./start-hash-worker.ts";

/** After so many failed starts no further worker is tried. */
const MAX_FAILED_STARTS = 3;

/**
 * Digests in a Web Worker, so that the page stays responsive. The worker starts with the first file,
 * and is started again after a crash. Where it does not start, the page's own thread computes the
 * digests in short steps.
 */
export function workerDigests(): FileDigests {
  const engine = new DigestEngine();
  return {
    open: (file, algorithm) => openFile(engine, file, algorithm),
    openStream: (algorithm) => openStream(engine, algorithm),
  };
}

/** Where digests are computed at the moment. */
class DigestEngine {
  #failedStarts = 0;
  #desk: HashDesk | null = null;
  #starting: Promise<HashDesk | null> | null = null;

  /** Whether `digests` can still be used. */
  isAlive(digests: FileDigests): boolean {
    return !(digests instanceof HashDesk && digests.isDead);
  }

  async get(): Promise<FileDigests> {
    if (this.#desk !== null && !this.#desk.isDead) return this.#desk;
    if (this.#failedStarts >= MAX_FAILED_STARTS) return pageDigests;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return (await this.#starting) ?? pageDigests;
  }

  async #start(): Promise<HashDesk | null> {
    const worker = await startHashWorker();
    if (worker === null) this.#failedStarts += 1;
    else this.#desk = new HashDesk(worker);
    return worker === null ? null : this.#desk;
  }
}

/** The hashers are loaded only where no worker has them. */
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

/** A file can be read again: its session goes on with another worker when one has crashed. */
function openFile(engine: DigestEngine, file: Bytes, algorithm: string): DigestSession {
  let open: { readonly by: FileDigests; readonly session: DigestSession } | null = null;
  let closed = false;
  return {
    upTo: async (length, ask) => {
      if (open === null || !engine.isAlive(open.by)) {
        const by = await orAborted(engine.get(), ask.signal);
        // Others may have waited here, too.
        if (open?.by !== by) open = { by, session: by.open(file, algorithm) };
      }
      if (closed || ask.signal.aborted) throw new UploadFailure("ABORTED");
      return open.session.upTo(length, ask);
    },
    close: () => {
      closed = true;
      open?.session.close();
    },
  };
}

function openStream(engine: DigestEngine, algorithm: string): StreamDigest {
  const digest = engine.get().then((by) => by.openStream(algorithm));
  return {
    update: async (bytes) => (await digest).update(bytes),
    digest: async () => (await digest).digest(),
    close: () => void digest.then((open) => open.close()),
  };
}

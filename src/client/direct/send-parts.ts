import { type CheckedBytes, combineCrcs, isCombinable } from "../../digests/combine-crc.ts";
import { isRetryable, readFailure, UploadFailure } from "../failure.ts";
import { waitOut } from "../retry.ts";
import { fileOf, type UploadTask } from "../upload-task.ts";
import { type DirectUpload, PartLedger, type SignedPart } from "./part-ledger.ts";

/** Parts that one call signs: while they are sent, the checksums of the next ones are computed. */
const BATCH = 8;
/** How often parts are sent that the store has acknowledged and the server does not count. */
const ROUNDS = 3;

/**
 * Sends the missing parts of a direct upload to the store, several at a time, and has the server count
 * them. Returns the checksum of the whole file. Throws `UploadFailure`; DIFFERENT_FILE when the store
 * has a part of another file.
 */
export async function sendParts(
  task: UploadTask,
  upload: DirectUpload,
  signal: AbortSignal,
): Promise<string> {
  const stop = new AbortController();
  const sending = new Sending(task, upload, AbortSignal.any([signal, stop.signal]));
  try {
    return await sending.run();
  } finally {
    stop.abort();
  }
}

class Sending {
  readonly #task: UploadTask;
  readonly #ledger: PartLedger;
  readonly #signal: AbortSignal;
  readonly #ready: SignedPart[] = [];
  #signing: Promise<void> | null = null;

  constructor(task: UploadTask, upload: DirectUpload, signal: AbortSignal) {
    this.#task = task;
    this.#ledger = new PartLedger(task, upload, signal);
    this.#signal = signal;
  }

  async run(): Promise<string> {
    const ledger = this.#ledger;
    await ledger.refresh();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { parallel } = this.#task.engine;
      await Promise.all(Array.from({ length: parallel }, () => this.#lane()));
      // Parts that the server did not count are sent again.
      if (await ledger.confirmAll()) return this.#checksum();
    }
    const message = "The store does not have the parts that it acknowledged.";
    throw new UploadFailure("UNAVAILABLE", { message });
  }

  /** Sends parts until none is left to take. */
  async #lane(): Promise<void> {
    for (let part = await this.#take(); part !== null; part = await this.#take())
      await this.#send(part);
  }

  async #take(): Promise<SignedPart | null> {
    for (;;) {
      if (this.#signing === null && this.#ready.length < BATCH / 2 && this.#ledger.hasMissing)
        this.#startSigning();
      const part = this.#ready.shift();
      if (part !== undefined) return part;
      if (this.#signing === null) return null;
      await this.#signing;
    }
  }

  #startSigning(): void {
    this.#signing = this.#sign();
    // Lanes that have parts to send do not wait for it: the next one that has none tries again.
    this.#signing.catch(() => undefined);
  }

  async #sign(): Promise<void> {
    try {
      this.#ready.push(...(await this.#ledger.sign(BATCH)));
    } finally {
      this.#signing = null;
    }
  }

  /** Sends one part; a URL that has expired, or that the store refuses, is replaced. */
  async #send(first: SignedPart): Promise<void> {
    const { engine } = this.#task;
    let part: SignedPart | null = first;
    for (let tries = 1; part !== null; tries += 1) {
      const { openings } = engine.gate;
      try {
        return await this.#put(part);
      } catch (thrown) {
        const failure = refusedByStore(readFailure(thrown));
        tries = await waitOut(this.#task, { failure, tries, openings, signal: this.#signal });
        part = await this.#ledger.signAgain(part.number);
      }
    }
  }

  async #put({ number, url, headers }: SignedPart): Promise<void> {
    const task = this.#task;
    const signal = this.#signal;
    const release = await task.engine.chunks.acquire(signal);
    const range = this.#ledger.rangeOf(number);
    const { start, end } = range;
    try {
      task.state.inFlight(number, { start, end: start });
      const etag = await task.engine.runtime.transport.putPart({
        url,
        headers,
        body: fileOf(task).slice(start, end),
        onSent: (bytes) => task.state.inFlight(number, { start, end: start + bytes }),
        signal,
      });
      this.#ledger.sent(number, etag);
      task.state.confirmed(number, range);
    } finally {
      task.state.unconfirmed(number);
      release();
    }
  }

  async #checksum(): Promise<string> {
    const { algorithm } = this.#ledger.upload;
    const parts: CheckedBytes[] = await this.#ledger.allChecked();
    if (isCombinable(algorithm)) return combineCrcs(algorithm, parts);
    throw new UploadFailure("UNKNOWN_ALGORITHM", { details: { algorithm } });
  }
}

/**
 * The store's 4xx means a URL that has expired, or a body that is not what was signed: both are
 * remedied by another signature, made of the bytes as they are now.
 */
function refusedByStore(failure: UploadFailure): UploadFailure {
  const { code } = failure;
  if (isRetryable(code) || code === "ABORTED" || code === "FILE_UNREADABLE") return failure;
  return new UploadFailure("UNAVAILABLE", { message: failure.message, cause: failure });
}

import { crc32 } from "node:zlib";
import { isUploadError, type UploadError } from "../../src/core/errors.ts";
import type { Principal } from "../../src/core/principal.ts";
import { addRange, type ByteRange, missingRanges } from "../../src/core/ranges.ts";
import { receivedRanges, type Upload } from "../../src/core/upload.ts";
import type { UploadService } from "../../src/core/upload-service.ts";
import type { RandomFile } from "../support/random-file.ts";
import type { FaultRates } from "./faults.ts";
import type { Instance } from "./instance.ts";
import type { Process, Scheduler } from "./scheduler.ts";

/** The server broke a promise. */
export class Violation extends Error {}

export type ClientKind = "sequential" | "parallel" | "tus" | "deleting";

/** The world as a client sees it. */
export interface Network {
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly rates: () => FaultRates;
  /** An instance that accepts connections; null while none does. */
  readonly instance: () => Instance | null;
  readonly note: (text: string) => void;
}

class ConnectionLost extends Error {}

const PIECE = 16 * 1024;

/** A client that sends one file and does not give up. */
export class SimClient {
  readonly file: RandomFile;
  readonly kind: ClientKind;
  readonly #network: Network;
  readonly #owner: Principal;
  id: string | null = null;
  acknowledged: readonly ByteRange[] = [];
  isComplete = false;
  isDeleted = false;
  isRefused = false;

  constructor(network: Network, ask: { file: RandomFile; kind: ClientKind; owner: Principal }) {
    this.#network = network;
    this.file = ask.file;
    this.kind = ask.kind;
    this.#owner = ask.owner;
  }

  get checksum(): string {
    return crc32(this.file.slice(0, this.file.size)).toString(16).padStart(8, "0");
  }

  /** Uploads the file to its end. Rejects with a `Violation` only. */
  async run(): Promise<void> {
    await this.#begin();
    if (this.isRefused) return;
    if (this.kind === "parallel") await this.#sendInLanes();
    else await this.#sendInOrder();
    if (this.isDeleted) return;
    await this.#complete();
  }

  /** The upload as an instance reports it, after the checks that hold at any time. */
  async status(): Promise<Upload> {
    const before = this.acknowledged;
    const wasComplete = this.isComplete;
    const upload = await this.#patiently((service, id) => service.status(this.#owner, id));
    for (const range of before) {
      const lost = missingRanges(receivedRanges(upload), range);
      if (lost.length > 0) throw new Violation(`${upload.id} lost ${JSON.stringify(lost)}`);
    }
    if (wasComplete && upload.state !== "complete")
      throw new Violation(`${upload.id} is open again`);
    return upload;
  }

  async #begin(): Promise<void> {
    const { file } = this;
    const origin = this.kind === "tus" ? "tus" : "api";
    const request = { filename: file.name, size: file.size, chunkSize: 65_536, origin } as const;
    for (;;) {
      try {
        const upload = await this.#call((service) => service.init(this.#owner, request));
        this.id = upload.id;
        return;
      } catch (error) {
        if (isUploadError(error) && error.code === "QUOTA_EXCEEDED") {
          this.isRefused = true;
          return;
        }
        await this.#pause(error);
      }
    }
  }

  async #sendInOrder(): Promise<void> {
    for (;;) {
      const upload = await this.status();
      if (upload.offset === this.file.size) return;
      if (this.kind === "deleting" && this.#network.scheduler.chance.next() < 0.2) {
        return this.#remove();
      }
      const most = this.file.size - upload.offset;
      const end = upload.offset + this.#network.scheduler.chance.int(1, most);
      await this.#send({ start: upload.offset, end }).catch((error) => this.#pause(error));
    }
  }

  async #sendInLanes(): Promise<void> {
    const chunks: ByteRange[] = [];
    for (let start = 0; start < this.file.size; start += 65_536) {
      chunks.push({ start, end: Math.min(this.file.size, start + 65_536) });
    }
    const left = this.#network.scheduler.chance.shuffle(chunks);
    const lane = async () => {
      for (let chunk = left.pop(); chunk !== undefined; chunk = left.pop()) {
        while (missingRanges(this.acknowledged, chunk).length > 0) {
          await this.#send(chunk).catch((error) => this.#pause(error));
        }
      }
    };
    await Promise.all([lane(), lane(), lane()]);
  }

  async #send(range: ByteRange): Promise<void> {
    const gone = new AbortController();
    const isTus = this.kind === "tus";
    const appended = await this.#call((service) =>
      service.append(this.#owner, {
        id: this.id ?? "",
        position: { ...range, total: isTus ? undefined : this.file.size },
        contentLength: range.end - range.start,
        body: this.#body(range, gone),
        signal: gone.signal,
        ...(isTus ? { byOffset: true, sequential: true, completeWhenFull: true } : {}),
      }),
    );
    const lost = missingRanges(receivedRanges(appended), range);
    if (lost.length > 0) throw new Violation(`an acknowledged chunk lacks ${JSON.stringify(lost)}`);
    this.acknowledged = addRange(this.acknowledged, range);
  }

  async *#body(range: ByteRange, gone: AbortController): AsyncGenerator<Uint8Array> {
    const { scheduler, process, rates } = this.#network;
    for (const piece of this.file.pieces(range.start, range.end, PIECE)) {
      await scheduler.step(process, scheduler.chance.next() < rates().bodyStall ? 200_000 : 20);
      if (scheduler.chance.next() < rates().bodyCut) {
        gone.abort();
        throw new Error("ECONNRESET");
      }
      yield piece;
      // The server may reuse the memory of a piece that it has taken.
      piece.fill(0);
    }
  }

  async #complete(): Promise<void> {
    const { checksum } = this;
    const complete = (service: UploadService, id: string) =>
      service.complete(this.#owner, { id, checksum });
    const upload = await this.#patiently(complete);
    if (upload.checksum !== checksum) throw new Violation(`${upload.id} has ${upload.checksum}`);
    this.isComplete = true;
  }

  async #remove(): Promise<void> {
    try {
      await this.#patiently((service, id) => service.remove(this.#owner, id));
    } catch (error) {
      // A repeat after a lost response finds nothing.
      if (!isUploadError(error) || error.code !== "NOT_FOUND") throw error;
    }
    this.isDeleted = true;
  }

  /** Repeats a call until it succeeds or fails for good. */
  async #patiently<T>(ask: (service: UploadService, id: string) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#call((service) => ask(service, this.id ?? ""));
      } catch (error) {
        await this.#pause(error);
      }
    }
  }

  /** One request over the network: it, its response or the instance may be lost. */
  async #call<T>(ask: (service: UploadService) => Promise<T>): Promise<T> {
    const { scheduler, process, rates } = this.#network;
    await scheduler.step(process);
    const instance = this.#network.instance();
    if (instance === null || scheduler.chance.next() < rates().requestLost)
      throw new ConnectionLost();
    const died = instance.process.died.then(() => {
      throw new ConnectionLost();
    });
    const givenUp = this.#giveUp();
    const result = await Promise.race([ask(instance.core.service), died, givenUp]);
    await scheduler.step(process);
    if (scheduler.chance.next() < rates().responseLost) throw new ConnectionLost();
    return result;
  }

  /** Rejects after a while, now and then; the request goes on without its client. */
  async #giveUp(): Promise<never> {
    const { scheduler, process, rates } = this.#network;
    if (scheduler.chance.next() >= rates().abandoned) return new Promise(() => {});
    await scheduler.step(process, 3_000);
    throw new ConnectionLost();
  }

  /** Waits before the next try; throws what no try will change. */
  async #pause(error: unknown): Promise<void> {
    const { scheduler, process } = this.#network;
    if (error instanceof Violation) throw error;
    if (!(error instanceof ConnectionLost) && !isAbort(error) && !isRetried(error)) throw error;
    this.#network.note(`${this.id} retries after ${describe(error)}`);
    await scheduler.step(process, 2_000);
  }
}

/** What a request rejects with whose own client has gone: nobody reads it. */
function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function isRetried(error: unknown): error is UploadError {
  const retried = ["BUSY", "UNAVAILABLE", "OFFSET_MISMATCH", "INCOMPLETE"];
  return isUploadError(error) && retried.includes(error.code);
}

function describe(error: unknown): string {
  return isUploadError(error)
    ? `${error.code} (${error.message})`
    : (error as Error).constructor.name;
}

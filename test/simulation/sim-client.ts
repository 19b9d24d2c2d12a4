import { crc32 } from "node:zlib";
import { isUploadError } from "../../src/core/errors.ts";
import type { Principal } from "../../src/core/principal.ts";
import { addRange, type ByteRange, missingRanges } from "../../src/core/ranges.ts";
import type { AppendRequest } from "../../src/core/requests.ts";
import { receivedRanges, type Upload, type UploadOrigin } from "../../src/core/upload.ts";
import type { UploadService } from "../../src/core/upload-service.ts";
import type { RandomFile } from "../support/random-file.ts";
import { Violation } from "./invariants.ts";
import type { Network } from "./network.ts";

/** `deferred` tells its length at the end; `leaving` sends a part and never returns. */
export const clientKinds = [
  ...["sequential", "parallel", "tus", "deleting", "form", "deferred", "parallel", "leaving"],
] as const;
export type ClientKind =
  | "sequential"
  | "parallel"
  | "tus"
  | "deleting"
  | "form"
  | "deferred"
  | "leaving";

const PIECE = 16 * 1024;
const CHUNK = 65_536;

function originOf(kind: ClientKind): UploadOrigin {
  if (kind === "tus") return "tus";
  return kind === "form" ? "drf" : "api";
}

/** A client that sends one file and does not give up. */
export class SimClient {
  readonly file: RandomFile;
  readonly kind: ClientKind;
  readonly #network: Network;
  readonly #owner: Principal;
  readonly #hasLost: (id: string) => boolean;
  id: string | null = null;
  acknowledged: readonly ByteRange[] = [];
  isComplete = false;
  /** Deleted, refused for its quota, or left: nothing is promised of it. */
  hasEnded = false;

  constructor(
    network: Network,
    ask: {
      file: RandomFile;
      kind: ClientKind;
      owner: Principal;
      hasLost: (id: string) => boolean;
    },
  ) {
    this.#network = network;
    this.file = ask.file;
    this.kind = ask.kind;
    this.#owner = ask.owner;
    this.#hasLost = ask.hasLost;
  }

  get checksum(): string {
    return crc32(this.file.slice(0, this.file.size)).toString(16).padStart(8, "0");
  }

  /** Uploads the file to its end. Rejects with a `Violation` only. */
  async run(): Promise<void> {
    try {
      await this.#begin();
      while (!this.hasEnded && !this.isComplete) {
        if (this.kind === "parallel") await this.#sendInLanes();
        else await this.#sendInOrder();
        if (!this.hasEnded) await this.#complete();
      }
    } catch (error) {
      if (!isUploadError(error) || error.code !== "QUOTA_EXCEEDED") throw error;
      this.hasEnded = true;
    }
  }

  /** The upload as an instance reports it, after the checks that hold at any time. */
  async status(): Promise<Upload> {
    const before = this.acknowledged;
    const wasComplete = this.isComplete;
    const upload = await this.#patiently("status", (service, id) =>
      service.status(this.#owner, id),
    );
    const lost = before.flatMap((range) => missingRanges(receivedRanges(upload), range));
    if (lost.length > 0 && !this.#hasLost(upload.id))
      throw new Violation(`${upload.id} lost ${JSON.stringify(lost)}`);
    if (lost.length > 0) this.acknowledged = receivedRanges(upload);
    if (wasComplete && upload.state !== "complete")
      throw new Violation(`${upload.id} is open again`);
    return upload;
  }

  async #begin(): Promise<void> {
    const { file } = this;
    const request = {
      filename: file.name,
      size: this.kind === "deferred" ? null : file.size,
      chunkSize: CHUNK,
      origin: originOf(this.kind),
    } as const;
    while (this.id === null) {
      const begun = this.#network.call("init", (service) => service.init(this.#owner, request));
      await begun.then(
        ({ id }) => {
          this.id = id;
        },
        (error: unknown) => this.#network.pause(error, this.file.name),
      );
    }
  }

  async #sendInOrder(): Promise<void> {
    const { chance } = this.#network.scheduler;
    for (;;) {
      const upload = await this.status();
      if (upload.offset === this.file.size) return;
      if (this.kind === "deleting" && chance.next() < 0.2) return this.#remove();
      if (this.kind === "leaving" && upload.offset > 0 && chance.next() < 0.4) {
        this.hasEnded = true;
        return;
      }
      const end = upload.offset + chance.int(1, this.file.size - upload.offset);
      await this.#send(upload, { start: upload.offset, end }).catch((error) => this.#pause(error));
    }
  }

  async #sendInLanes(): Promise<void> {
    const seen = await this.status();
    this.acknowledged = receivedRanges(seen);
    const chunks: ByteRange[] = [];
    for (let start = 0; start < this.file.size; start += CHUNK) {
      chunks.push({ start, end: Math.min(this.file.size, start + CHUNK) });
    }
    const left = this.#network.scheduler.chance.shuffle(chunks);
    const lane = async () => {
      for (let chunk = left.pop(); chunk !== undefined; chunk = left.pop()) {
        while (missingRanges(this.acknowledged, chunk).length > 0) {
          await this.#send(seen, chunk).catch((error) => this.#pause(error));
        }
      }
    };
    await Promise.all([lane(), lane(), lane()]);
  }

  async #send(seen: Upload, range: ByteRange): Promise<void> {
    const isCorrupt = this.kind !== "tus" && this.#network.strikes("bodyCorrupt", "append");
    const appended = await this.#network.call("append", (service) => {
      const gone = new AbortController();
      return service.append(this.#owner, {
        id: this.id ?? "",
        contentLength: range.end - range.start,
        body: this.#body(range, { gone, isCorrupt }),
        signal: gone.signal,
        ...this.#manners(seen, range),
        ...(isCorrupt && { digests: [{ algorithm: "crc32", hex: this.#digestOf(range) }] }),
      });
    });
    const lost = missingRanges(receivedRanges(appended), range);
    if (lost.length > 0) throw new Violation(`an acknowledged chunk lacks ${JSON.stringify(lost)}`);
    this.acknowledged = addRange(this.acknowledged, range);
  }

  /** How the client's door asks. */
  #manners(
    seen: Upload,
    range: ByteRange,
  ): Pick<AppendRequest, "position"> & Partial<AppendRequest> {
    if (this.kind === "tus") {
      const position = { ...range, total: undefined };
      return { position, byOffset: true, sequential: true, completeWhenFull: true };
    }
    const total = this.kind === "deferred" ? seen.size : this.file.size;
    return { position: { ...range, total }, ...(this.kind === "form" && { whole: true }) };
  }

  #digestOf({ start, end }: ByteRange): string {
    return crc32(this.file.slice(start, end)).toString(16).padStart(8, "0");
  }

  async *#body(
    range: ByteRange,
    { gone, isCorrupt }: { gone: AbortController; isCorrupt: boolean },
  ): AsyncGenerator<Uint8Array> {
    for (const piece of this.file.pieces(range.start, range.end, PIECE)) {
      await this.#network.wait(this.#network.strikes("bodyStall", "body") ? 200_000 : 20);
      if (this.#network.strikes("bodyCut", "body")) {
        gone.abort();
        throw new Error("ECONNRESET");
      }
      if (isCorrupt) piece.fill(7);
      yield piece;
      // The server may reuse the memory of a piece that it has taken.
      piece.fill(0);
    }
  }

  async #complete(): Promise<void> {
    const { checksum } = this;
    try {
      const upload = await this.#network.call("complete", (service) =>
        service.complete(this.#owner, { id: this.id ?? "", checksum }),
      );
      if (upload.checksum !== checksum) throw new Violation(`${upload.id} has ${upload.checksum}`);
      this.isComplete = true;
    } catch (error) {
      await this.#pause(error);
      // Bytes were lost: they are sent again.
      if (isUploadError(error) && error.code === "INCOMPLETE") this.acknowledged = [];
      if (this.#hasLost(this.id ?? "")) await this.#endIfLostTooLate();
    }
  }

  /** Bytes that are lost between the last look at the file and its final place cannot be sent again. */
  async #endIfLostTooLate(): Promise<void> {
    const { state, finished } = await this.status();
    if (state === "complete" && !finished) this.hasEnded = true;
  }

  async #remove(): Promise<void> {
    try {
      await this.#patiently("remove", (service, id) => service.remove(this.#owner, id));
    } catch (error) {
      // A repeat after a lost response finds nothing.
      if (!isUploadError(error) || error.code !== "NOT_FOUND") throw error;
    }
    this.hasEnded = true;
  }

  /** Repeats a call until it succeeds or fails for good. */
  async #patiently<T>(
    label: string,
    ask: (service: UploadService, id: string) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      try {
        return await this.#network.call(label, (service) => ask(service, this.id ?? ""));
      } catch (error) {
        await this.#pause(error);
      }
    }
  }

  #pause(error: unknown): Promise<void> {
    return this.#network.pause(error, this.id);
  }
}

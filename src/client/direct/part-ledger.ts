import type { ByteRange } from "../../core/ranges.ts";
import { addRange } from "../../core/ranges.ts";
import type { CheckedBytes } from "../../digests/combine-crc.ts";
import type { UploadsApi } from "../control.ts";
import { UploadFailure } from "../failure.ts";
import { retry } from "../retry.ts";
import { fileOf, type UploadTask } from "../upload-task.ts";

type PartsReply = Awaited<ReturnType<UploadsApi["parts"]["mutate"]>>;
export type SignedPart = PartsReply["urls"][number];
type Part = PartsReply["received"][number];

/** The server's description of a direct upload. */
export interface DirectUpload {
  readonly id: string;
  /** Bytes of all parts but the last. */
  readonly chunkSize: number;
  readonly algorithm: string;
}

/** The parts of one direct upload: their checksums, which are missing, and which the server counts. */
export class PartLedger {
  readonly upload: DirectUpload;
  readonly #task: UploadTask;
  readonly #signal: AbortSignal;
  /** By number: of the parts that were read. */
  readonly #checksums = new Map<number, string>();
  readonly #missing = new Set<number>();
  readonly #counted = new Set<number>();
  /** ETags of parts that the store has acknowledged and the server does not count yet. */
  readonly #sent = new Map<number, string>();

  constructor(task: UploadTask, upload: DirectUpload, signal: AbortSignal) {
    this.upload = upload;
    this.#task = task;
    this.#signal = signal;
  }

  get #numbers(): number[] {
    const count = Math.ceil(fileOf(this.#task).size / this.upload.chunkSize);
    return Array.from({ length: count }, (_, index) => index + 1);
  }

  get hasMissing(): boolean {
    return this.#missing.size > 0;
  }

  /**
   * Asks which parts count, and compares their checksums with the file's. Throws DIFFERENT_FILE.
   */
  async refresh(): Promise<void> {
    const { received } = await this.#ask({});
    for (const { number, checksum } of received)
      if ((await this.#checksumOf(number)) !== checksum) throw new UploadFailure("DIFFERENT_FILE");
    this.#counted.clear();
    this.#sent.clear();
    this.#missing.clear();
    for (const number of this.#numbers) this.#missing.add(number);
    this.#count(received);
  }

  /** Signs the next parts, and reports the ones that were sent. */
  async sign(most: number): Promise<readonly SignedPart[]> {
    const numbers = [...this.#missing].slice(0, most);
    for (const number of numbers) this.#missing.delete(number);
    try {
      const sign: Part[] = [];
      for (const number of numbers) sign.push(await this.#describe(number));
      return (await this.#exchange(sign)).urls;
    } catch (thrown) {
      for (const number of numbers) this.#missing.add(number);
      throw thrown;
    }
  }

  /** A new request for a part whose bytes are read again; null when the part counts by now. */
  async signAgain(number: number): Promise<SignedPart | null> {
    this.#checksums.delete(number);
    const { urls } = await this.#exchange([await this.#describe(number)]);
    return urls[0] ?? null;
  }

  /** The store has acknowledged a part. */
  sent(number: number, etag: string): void {
    this.#sent.set(number, etag);
  }

  /** Reports the rest. False when parts are missing: the store does not have them as they were sent. */
  async confirmAll(): Promise<boolean> {
    if (this.#sent.size > 0) await this.#exchange([]);
    const lacking = this.#numbers.filter((number) => !this.#counted.has(number));
    for (const number of lacking) this.#missing.add(number);
    if (lacking.length > 0) this.#show();
    return lacking.length === 0;
  }

  /** The checksums of all parts, in their order. */
  async allChecked(): Promise<CheckedBytes[]> {
    const checked: CheckedBytes[] = [];
    for (const number of this.#numbers) {
      const { size: bytes, checksum } = await this.#describe(number);
      checked.push({ bytes, checksum });
    }
    return checked;
  }

  rangeOf(number: number): ByteRange {
    const { chunkSize } = this.upload;
    const start = (number - 1) * chunkSize;
    return { start, end: Math.min(start + chunkSize, fileOf(this.#task).size) };
  }

  async #exchange(sign: readonly Part[]): Promise<PartsReply> {
    const sent = [...this.#sent];
    const confirmed = sent.map(([number, etag]) => ({ number, etag }));
    if (sign.length === 0 && confirmed.length === 0) return { urls: [], received: [] };
    const reply = await this.#ask({ sign, confirmed });
    for (const [number] of sent) this.#sent.delete(number);
    this.#count(reply.received);
    return reply;
  }

  #count(received: readonly Part[]): void {
    for (const { number } of received) {
      this.#counted.add(number);
      this.#missing.delete(number);
      this.#sent.delete(number);
    }
    this.#show();
  }

  #show(): void {
    const there = [...this.#counted, ...this.#sent.keys()].map((number) => this.rangeOf(number));
    this.#task.state.heldByServer(there.reduce<readonly ByteRange[]>(addRange, []));
  }

  #ask(ask: { sign?: readonly Part[]; confirmed?: readonly { number: number; etag: string }[] }) {
    const { engine } = this.#task;
    const signal = this.#signal;
    const { id } = this.upload;
    return retry(this.#task, signal, () => engine.api.parts.mutate({ id, ...ask }, { signal }));
  }

  async #describe(number: number): Promise<Part> {
    const { start, end } = this.rangeOf(number);
    return { number, size: end - start, checksum: await this.#checksumOf(number) };
  }

  async #checksumOf(number: number): Promise<string> {
    const known = this.#checksums.get(number);
    if (known !== undefined) return known;
    const { start, end } = this.rangeOf(number);
    const { runtime } = this.#task.engine;
    const session = runtime.digests.open(
      fileOf(this.#task).slice(start, end),
      this.upload.algorithm,
    );
    try {
      const checksum = await session.upTo(end - start, {
        onRead: (bytes) => this.#task.state.digested(start + bytes),
        signal: this.#signal,
      });
      this.#checksums.set(number, checksum);
      return checksum;
    } finally {
      session.close();
    }
  }
}

import { addRange, type ByteRange, missingRanges, prefixLength } from "../../src/core/ranges.ts";
import type { RandomFile } from "../support/random-file.ts";

/** The server did something that it must not do. */
export class Violation extends Error {}

export type ModelState = "uploading" | "complete" | "deleted";

/** What the server must hold of one upload. */
export class UploadModel {
  readonly id: string;
  readonly file: RandomFile;
  readonly chunkSize: number;
  /** Uploads that tus began complete with their last byte. */
  readonly completesItself: boolean;
  /** Null while the length is deferred. */
  size: number | null;
  state: ModelState = "uploading";
  /** Ranges that the server acknowledged or reported. */
  held: readonly ByteRange[] = [];
  /**
   * Ranges of cut requests: the server may hold any prefix of each, and bytes that were in flight
   * may still be counted. Certain again once a later write succeeded, since that one waits.
   */
  maybe: readonly ByteRange[] = [];
  /** No cut request may still reach the server. */
  isCertain = true;

  constructor(given: {
    id: string;
    file: RandomFile;
    chunkSize: number;
    size: number | null;
    completesItself: boolean;
  }) {
    this.id = given.id;
    this.file = given.file;
    this.chunkSize = given.chunkSize;
    this.size = given.size;
    this.completesItself = given.completesItself;
  }

  get offset(): number {
    return prefixLength(this.held);
  }

  get isFull(): boolean {
    return this.size !== null && this.offset === this.size;
  }

  acknowledge(range: ByteRange, { completes = this.completesItself } = {}): void {
    this.held = addRange(this.held, range);
    this.settled();
    if (completes && this.isFull) this.state = "complete";
  }

  doubt(range: ByteRange): void {
    this.maybe = addRange(this.maybe, range);
    this.isCertain = false;
  }

  settled(): void {
    this.maybe = [];
    this.isCertain = true;
  }

  /** Compares the ranges that the server reports with what it must and may hold, then adopts them. */
  observe(received: readonly (readonly [number, number])[], status: 1 | 2): void {
    const reported = received.map(([start, end]) => ({ start, end }));
    const allowed = this.maybe.reduce<readonly ByteRange[]>(
      (all, range) => addRange(all, range),
      this.held,
    );
    for (const range of this.held) {
      const lost = missingRanges(reported, range);
      if (lost.length > 0) throw new Violation(`${this.id} lost ${JSON.stringify(lost)}`);
    }
    for (const range of reported) {
      const invented = missingRanges(allowed, range);
      if (invented.length > 0)
        throw new Violation(`${this.id} invented ${JSON.stringify(invented)}`);
    }
    if (this.state === "complete" && status !== 2) throw new Violation(`${this.id} is open again`);
    this.held = reported;
    if (status === 2) this.state = "complete";
  }
}

import type { Chance } from "../support/random-file.ts";

interface Write {
  readonly position: number;
  readonly bytes: Uint8Array;
}

export interface SimFile {
  /** What survives a power cut. */
  durable: Buffer;
  /** Writes since the last flush, in their order: readers see them, a power cut may drop them. */
  unsynced: Write[];
  finished: boolean;
  modifiedAt: Date;
}

/** The disk under the file system store: writes in place, flushes. */
export class SimDisk {
  readonly files = new Map<string, SimFile>();

  /** Unsynced writes are lost, each by itself: the disk may have written any of them. */
  cutPower(chance: Chance): void {
    for (const file of this.files.values()) {
      for (const write of file.unsynced) if (chance.next() < 0.5) apply(file, write);
      file.unsynced = [];
    }
  }

  /** A file's bytes as a reader sees them. */
  contents(file: SimFile): Buffer {
    if (file.unsynced.length === 0) return file.durable;
    const copy = { ...file, durable: Buffer.from(file.durable) };
    for (const write of file.unsynced) apply(copy, write);
    return copy.durable;
  }
}

export function apply(file: SimFile, { position, bytes }: Write): void {
  const length = Math.max(file.durable.length, position + bytes.length);
  if (length > file.durable.length) {
    const longer = Buffer.alloc(length);
    file.durable.copy(longer);
    file.durable = longer;
  }
  file.durable.set(bytes, position);
}

export function lengthOf(file: SimFile): number {
  const ends = file.unsynced.map(({ position, bytes }) => position + bytes.length);
  return Math.max(file.durable.length, ...ends);
}

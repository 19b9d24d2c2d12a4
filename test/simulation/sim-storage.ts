import type { ChunkStore } from "../../src/core/ports/chunk-store.ts";
import { addRange, type ByteRange } from "../../src/core/ranges.ts";
import { receivedRanges, type Upload } from "../../src/core/upload.ts";
import { Bucket } from "../support/bucket/bucket.ts";
import { type Piece, readState } from "../support/bucket/bucket-state.ts";
import { createBucketStore } from "../support/bucket/bucket-store.ts";
import type { Chance, RandomFile } from "../support/random-file.ts";
import { type FaultContext, pass } from "./faults.ts";
import { sameRanges } from "./invariants.ts";
import { SimDisk } from "./sim-disk.ts";
import { createSimStore } from "./sim-store.ts";

/** Where the bytes of a history are, outside of all processes. */
export interface SimStorage {
  readonly kind: "disk" | "bucket";
  open(context: FaultContext): ChunkStore;
  /** Drops what is not durable. */
  cutPower(chance: Chance): void;
  /** Loses bytes of an unfinished upload. Returns the upload's id; null when there is nothing to lose. */
  lose(chance: Chance): string | null;
  /** Why what the record counts is not there; null when it is. */
  missing(upload: Upload, file: RandomFile, mayLack: boolean): string | null;
  /** The bytes of a finished upload; null when there are none. */
  finished(storageKey: string): Buffer | null;
  /** Keys of everything, with the id of the upload that each belongs to. */
  keys(): { key: string; uploadId: string; isFinished: boolean }[];
}

export class DiskStorage implements SimStorage {
  readonly kind = "disk";
  readonly #disk = new SimDisk();

  open(context: FaultContext): ChunkStore {
    return createSimStore(this.#disk, context);
  }

  cutPower(chance: Chance): void {
    this.#disk.cutPower(chance);
  }

  lose(chance: Chance): string | null {
    const keys = [...this.#disk.files].flatMap(([key, { finished }]) => (finished ? [] : [key]));
    const key = keys[chance.int(0, keys.length - 1)];
    if (key === undefined) return null;
    this.#disk.files.delete(key);
    return idOf(key);
  }

  missing(upload: Upload, file: RandomFile, mayLack: boolean): string | null {
    const held = this.#disk.files.get(upload.storageKey)?.durable ?? Buffer.alloc(0);
    const lacks = receivedRanges(upload).find(
      ({ start, end }) => !held.subarray(start, end).equals(file.slice(start, end)),
    );
    if (lacks === undefined || mayLack) return null;
    return `the disk lacks bytes of ${JSON.stringify(lacks)} that the record counts`;
  }

  finished(storageKey: string): Buffer | null {
    const file = this.#disk.files.get(storageKey);
    return file?.finished ? this.#disk.contents(file) : null;
  }

  keys() {
    return [...this.#disk.files].map(([key, { finished }]) => ({
      ...{ key, uploadId: idOf(key), isFinished: finished },
    }));
  }
}

/** Small, so that small files have many parts. */
const PART_BYTES = 64 * 1024;

export class BucketStorage implements SimStorage {
  readonly kind = "bucket";
  readonly #bucket = new Bucket();
  readonly #checked = new Set<string>();

  open(context: FaultContext): ChunkStore {
    return createBucketStore({
      bucket: this.#bucket,
      partBytes: PART_BYTES,
      now: () => new Date(context.scheduler.now),
      before: (name) => pass(context, `bucket ${name}`, "storeBefore"),
      after: (name) => pass(context, `bucket ${name}`, "storeAfter"),
    });
  }

  cutPower(): void {}

  lose(chance: Chance): string | null {
    const all = [...this.#bucket.multiparts];
    const chosen = all[chance.int(0, all.length - 1)];
    if (chosen === undefined) return null;
    const [id, { key, parts }] = chosen;
    const small = [...this.#bucket.objects.keys()].filter((name) => name.startsWith(`${key}/`));
    const names = [...parts.keys(), ...small];
    const name = names[chance.int(0, names.length - 1)];
    if (name === undefined || chance.next() < 0.3) this.#bucket.multiparts.delete(id);
    else this.#bucket.lose(name);
    return idOf(key);
  }

  missing(upload: Upload, file: RandomFile, mayLack: boolean): string | null {
    const { pieces, multipart } = readState(upload.storeState);
    const named = pieces.reduce<ByteRange[]>(addRange, []);
    if (!sameRanges(named, receivedRanges(upload)))
      return `counts ${JSON.stringify(receivedRanges(upload))}, and its state names ${JSON.stringify(named)}`;
    const wrong = pieces.find((piece) => !this.#isThere(upload, { piece, multipart, file }));
    if (wrong === undefined || mayLack) return null;
    return `the bucket lacks ${JSON.stringify(wrong)}`;
  }

  /** Pieces never change: each is compared once. A finished upload has an object in their place. */
  #isThere(
    { storageKey, id }: Upload,
    { piece, multipart, file }: { piece: Piece; multipart: string | null; file: RandomFile },
  ): boolean {
    if (this.#bucket.objects.has(storageKey)) return true;
    const bytes = piece.isSmall
      ? this.#bucket.objects.get(`${storageKey}/${piece.tag}`)?.bytes
      : this.#bucket.multiparts.get(multipart ?? "")?.parts.get(piece.tag)?.bytes;
    if (bytes === undefined) return false;
    const name = `${id} ${piece.tag} ${piece.start}`;
    if (this.#checked.has(name)) return true;
    this.#checked.add(name);
    return bytes.equals(file.slice(piece.start, piece.end));
  }

  finished(storageKey: string): Buffer | null {
    return this.#bucket.objects.get(storageKey)?.bytes ?? null;
  }

  keys() {
    const objects = [...this.#bucket.objects.keys()].map((key) => ({
      ...{ key, uploadId: idOf(key), isFinished: key.split("/").length === 2 },
    }));
    const multiparts = [...this.#bucket.multiparts].map(([id, { key }]) => ({
      ...{ key: `multipart ${id}`, uploadId: idOf(key), isFinished: false },
    }));
    return [...objects, ...multiparts];
  }
}

function idOf(key: string): string {
  return key.split("/")[1] ?? "";
}

import { UploadError } from "../../../src/core/errors.ts";

/** A part of a multipart upload; its place in the object is said when the upload is completed. */
export interface Part {
  readonly tag: string;
  readonly bytes: Buffer;
}

interface Multipart {
  readonly key: string;
  readonly parts: Map<string, Part>;
  readonly startedAt: Date;
}

interface BucketObject {
  readonly bytes: Buffer;
  readonly modifiedAt: Date;
}

/** A service that has no such multipart upload, or a part of it that is not known: 404 and 400 of S3. */
export class Refused extends UploadError {
  /** The tags of the parts that the service does not have; null when it does not have the upload. */
  readonly missing: readonly string[] | null;

  constructor(missing: readonly string[] | null) {
    super("UNAVAILABLE", { message: missing === null ? "NoSuchUpload" : "InvalidPart" });
    this.missing = missing;
  }
}

/**
 * An object store as S3 is one: objects and parts appear as a whole or not at all, parts cannot be read,
 * and completing a multipart upload names each of its parts. `pass` is called before and after
 * every request: it may wait, or throw as a lost request or a lost response does.
 */
export class Bucket {
  readonly objects = new Map<string, BucketObject>();
  readonly multiparts = new Map<string, Multipart>();
  /** Bytes that clients sent to the bucket and read from it. */
  readonly traffic = { written: 0, read: 0 };
  #names = 0;

  newName(): string {
    this.#names += 1;
    return `t${this.#names}`;
  }

  createMultipart(key: string, startedAt: Date): string {
    const id = this.newName();
    this.multiparts.set(id, { key, parts: new Map(), startedAt });
    return id;
  }

  putPart(id: string, bytes: Buffer): string {
    const multipart = this.multiparts.get(id);
    if (multipart === undefined) throw new Refused(null);
    const tag = this.newName();
    multipart.parts.set(tag, { tag, bytes: Buffer.from(bytes) });
    this.traffic.written += bytes.length;
    return tag;
  }

  /** Makes the object of the parts named, in this order. */
  complete(id: string, tags: readonly string[], modifiedAt: Date): void {
    const multipart = this.multiparts.get(id);
    if (multipart === undefined) throw new Refused(null);
    const missing = tags.filter((tag) => !multipart.parts.has(tag));
    if (missing.length > 0) throw new Refused(missing);
    const pieces = tags.map((tag) => multipart.parts.get(tag)?.bytes ?? Buffer.alloc(0));
    this.objects.set(multipart.key, { bytes: Buffer.concat(pieces), modifiedAt });
    this.multiparts.delete(id);
  }

  put(key: string, bytes: Uint8Array, modifiedAt: Date): void {
    this.objects.set(key, { bytes: Buffer.from(bytes), modifiedAt });
    this.traffic.written += bytes.length;
  }

  get(key: string): Buffer {
    const object = this.objects.get(key);
    if (object === undefined) throw new UploadError("UNAVAILABLE", { message: "NoSuchKey" });
    this.traffic.read += object.bytes.length;
    return object.bytes;
  }

  /** Loses an object or a part, as no store should. Returns false when nothing has the name. */
  lose(name: string): boolean {
    const holder = [...this.multiparts.values()].find(({ parts }) => parts.has(name));
    return holder?.parts.delete(name) ?? this.objects.delete(name);
  }
}

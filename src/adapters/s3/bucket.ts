import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { ByteRange } from "../../core/ranges.ts";
import { statusOf, unlessMissing } from "./failure.ts";
import { TOKEN } from "./keys.ts";
import { MultipartRequests } from "./multipart-requests.ts";
import { RESPONSE_MS, timeFor } from "./time-limits.ts";

export interface BucketSettings {
  readonly bucket: string;
  readonly region: string;
  /** URL of the service; null for Amazon S3 in the region. */
  readonly endpoint: string | null;
  /** Null: the SDK looks for credentials in its usual places (environment, shared files, instance role). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  /** True: the bucket name is in the path instead of the host name. */
  readonly forcePathStyle: boolean;
  /** Prefix of all keys: empty, or ends with a slash. */
  readonly prefix: string;
}

/** The result of HEAD for an object. `token`: see `S3State`. */
export interface ObjectFacts {
  readonly bytes: number;
  readonly etag: string;
  readonly token: string | null;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

const CONNECT_MS = 5_000;
const ATTEMPTS = 3;
const MOST_SOCKETS = 256;
const MOST_DELETED = 1_000;

/** Requests for the objects of one bucket below one prefix. Keys do not include the prefix. Throws the SDK's errors. */
export class Bucket {
  readonly client: S3Client;
  /** Requests that concern multipart uploads and their parts. */
  readonly multipart: MultipartRequests;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(settings: BucketSettings) {
    this.#bucket = settings.bucket;
    this.#prefix = settings.prefix;
    this.client = new S3Client({
      region: settings.region,
      ...(settings.endpoint === null ? {} : { endpoint: settings.endpoint }),
      ...(settings.credentials === null ? {} : { credentials: settings.credentials }),
      forcePathStyle: settings.forcePathStyle,
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: RESPONSE_MS,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
        httpsAgent: { keepAlive: true, maxSockets: MOST_SOCKETS },
      },
    });
    this.multipart = new MultipartRequests(this.client, settings);
  }

  /** The parameters by which a request names an object. */
  named(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  async reach(): Promise<void> {
    await this.client.send(new HeadBucketCommand({ Bucket: this.#bucket }));
  }

  /** The object's ETag. With `isNew` it fails with status 412 if the key exists. */
  async put(
    key: string,
    bytes: Uint8Array,
    { token, isNew = false }: { token?: string; isNew?: boolean } = {},
  ): Promise<string> {
    const answer = await this.client.send(
      new PutObjectCommand({
        ...this.named(key),
        Body: bytes,
        ContentLength: bytes.length,
        ...(token === undefined ? {} : { Metadata: { [TOKEN]: token } }),
        ...(isNew ? { IfNoneMatch: "*" } : {}),
      }),
      timeFor(bytes.length),
    );
    return answer.ETag ?? "";
  }

  /** A range of an object. The stream is destroyed when the caller stops reading. */
  async get(key: string, { start, end }: ByteRange, signal?: AbortSignal): Promise<Readable> {
    const { Body } = await this.client.send(
      new GetObjectCommand({ ...this.named(key), Range: `bytes=${start}-${end - 1}` }),
      signal === undefined ? {} : { abortSignal: signal },
    );
    if (Body instanceof Readable) return Body;
    throw new Error("the service sent no body");
  }

  /** Null if there is no such object. */
  async head(key: string): Promise<ObjectFacts | null> {
    const found = await unlessMissing(this.client.send(new HeadObjectCommand(this.named(key))));
    if (found === null) return null;
    const { ContentLength = 0, ETag = "", Metadata } = found;
    return { bytes: ContentLength, etag: ETag, token: Metadata?.[TOKEN] ?? null };
  }

  /** How far this machine's clock is ahead of the service's, by an object written just now. Milliseconds. */
  async clockSkew(key: string): Promise<number> {
    const { LastModified } = await this.client.send(new HeadObjectCommand(this.named(key)));
    return LastModified === undefined ? 0 : Date.now() - LastModified.getTime();
  }

  async delete(key: string): Promise<void> {
    await unlessMissing(this.client.send(new DeleteObjectCommand(this.named(key))));
  }

  /** Deletes many objects with few requests, or one by one if the service does not support that. */
  async deleteAll(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += MOST_DELETED) {
      const some = keys.slice(at, at + MOST_DELETED);
      if (some.length === 1 || !(await this.#deleteTogether(some)))
        for (const key of some) await this.delete(key);
    }
  }

  /** False if they must be deleted one by one: some services require other checksums, or another form of the list. */
  async #deleteTogether(keys: readonly string[]): Promise<boolean> {
    const Objects = keys.map((key) => ({ Key: this.named(key).Key }));
    try {
      const { Errors = [] } = await this.client.send(
        new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }),
      );
      return Errors.length === 0;
    } catch (error) {
      const status = statusOf(error);
      if (status === null || status >= 500) throw error;
      return false;
    }
  }

  async *list(below = ""): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: this.#prefix + below,
          ContinuationToken: token,
        }),
      );
      for (const { Key, Size = 0, LastModified = new Date(0) } of page.Contents ?? [])
        if (Key !== undefined)
          yield { key: Key.slice(this.#prefix.length), bytes: Size, modifiedAt: LastModified };
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  close(): void {
    this.client.destroy();
  }
}

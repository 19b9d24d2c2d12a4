import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type DirectAlgorithm, serviceNames } from "./checksums.ts";
import { type Etags, longEtag, shortEtag } from "./etags.ts";
import { statusOf, unlessMissing } from "./failure.ts";
import { TOKEN } from "./keys.ts";
import { type CheckedStream, sendStream } from "./send-stream.ts";
import { COMPLETE_MS, timeFor } from "./time-limits.ts";

/** The expected checksums of a multipart upload, in base64. */
export interface CheckedObject {
  readonly algorithm: DirectAlgorithm;
  readonly sums: ReadonlyMap<number, string>;
  readonly whole: string;
}

export interface ListedMultipart {
  readonly key: string;
  readonly id: string;
  readonly initiatedAt: Date;
}

/** Requests for the multipart uploads of one bucket below one prefix. Throws the SDK's errors. */
export class MultipartRequests {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(client: S3Client, { bucket, prefix }: { bucket: string; prefix: string }) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /**
   * The id of a new multipart upload. With `algorithm` the service verifies the checksums of its parts,
   * and that of the whole object.
   */
  async create(
    key: string,
    token: string,
    algorithm: DirectAlgorithm | null = null,
  ): Promise<string> {
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({
        ...this.#named(key),
        Metadata: { [TOKEN]: token },
        ...(algorithm === null
          ? {}
          : {
              ChecksumAlgorithm: serviceNames[algorithm].algorithm,
              ChecksumType: "FULL_OBJECT" as const,
            }),
      }),
    );
    if (UploadId === undefined) throw new Error("the service named no multipart upload");
    return UploadId;
  }

  /**
   * The part's ETag, shortened: the only proof that its bytes arrived. If `body` is a stream that
   * fails, throws its error.
   *
   * The checksum of a stream is sent as a header. Without it the SDK sends a trailer in the encoding
   * aws-chunked, which some services do not support, and in which every chunk except the last must have at least 8 KiB:
   * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
   */
  uploadPart(
    at: { key: string; id: string; number: number },
    body: Uint8Array | CheckedStream,
  ): Promise<string> {
    const send = async (Body: Uint8Array | Readable, abortSignal?: AbortSignal) => {
      const ContentLength = body instanceof Uint8Array ? body.length : body.bytes;
      const part = { ...this.#named(at.key), UploadId: at.id, PartNumber: at.number };
      const checksum = body instanceof Uint8Array ? {} : { ChecksumCRC32: body.crc32 };
      const answer = await this.#client.send(
        new UploadPartCommand({ ...part, ...checksum, Body, ContentLength }),
        { ...timeFor(ContentLength), ...(abortSignal && { abortSignal }) },
      );
      if (answer.ETag === undefined) throw new Error("the service named no ETag of the part");
      return shortEtag(answer.ETag);
    };
    return body instanceof Uint8Array ? send(body) : sendStream(body.stream, send);
  }

  /** The parts that the bucket has. This does not prove that all bytes of a part arrived. */
  async *listParts(at: { key: string; id: string }) {
    let marker: string | undefined;
    do {
      const ask = { ...this.#named(at.key), UploadId: at.id, PartNumberMarker: marker };
      const page = await this.#client.send(new ListPartsCommand(ask));
      for (const { PartNumber = 0, ETag = "" } of page.Parts ?? [])
        yield { number: PartNumber, etag: shortEtag(ETag) };
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
  }

  /** With `checked`, the service compares these checksums of the parts and of the object with its own. */
  async complete(
    at: { key: string; id: string },
    etags: Etags,
    checked: CheckedObject | null = null,
  ): Promise<void> {
    const field = checked && serviceNames[checked.algorithm].field;
    const Parts = [...etags]
      .sort(([a], [b]) => a - b)
      .map(([PartNumber, etag]) => ({
        PartNumber,
        ETag: longEtag(etag),
        ...(field === null ? {} : { [field]: checked?.sums.get(PartNumber) }),
      }));
    await this.#client.send(
      new CompleteMultipartUploadCommand({
        ...this.#named(at.key),
        UploadId: at.id,
        MultipartUpload: { Parts },
        ...(field === null ? {} : { ChecksumType: "FULL_OBJECT", [field]: checked?.whole }),
      }),
      { requestTimeout: COMPLETE_MS },
    );
  }

  async abort(at: { key: string; id: string }): Promise<void> {
    const ask = { ...this.#named(at.key), UploadId: at.id };
    await unlessMissing(this.#client.send(new AbortMultipartUploadCommand(ask)));
  }

  /** All unfinished multipart uploads; none if the service cannot list them (501). */
  async *list(below = ""): AsyncGenerator<ListedMultipart> {
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
    while (marker !== null) {
      const page: ListMultipartUploadsCommandOutput | null = await this.#multipartPage(
        below,
        marker,
      );
      for (const { Key, UploadId, Initiated = new Date(0) } of page?.Uploads ?? [])
        if (Key !== undefined && UploadId !== undefined)
          yield { key: Key.slice(this.#prefix.length), id: UploadId, initiatedAt: Initiated };
      marker = page?.IsTruncated
        ? { KeyMarker: page.NextKeyMarker ?? "", UploadIdMarker: page.NextUploadIdMarker ?? "" }
        : null;
    }
  }

  async #multipartPage(below: string, marker: object) {
    const ask = { Bucket: this.#bucket, Prefix: this.#prefix + below, ...marker };
    try {
      return await this.#client.send(new ListMultipartUploadsCommand(ask));
    } catch (error) {
      if (statusOf(error) === 501) return null;
      throw error;
    }
  }

  #named(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }
}

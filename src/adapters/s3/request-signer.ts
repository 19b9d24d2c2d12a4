import { GetObjectCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { LinkHeaders } from "../../core/ports/chunk-store.ts";
import type { BucketSettings } from "./bucket.ts";
import { checksumHeader, type DirectAlgorithm, serviceNames } from "./checksums.ts";

/** How long a signed request is valid. */
export const SIGNED_MS = 15 * 60_000;

/** A part for which a request is signed. `sum` in base64. */
export interface SignablePart {
  readonly key: string;
  /** Of the multipart upload. */
  readonly id: string;
  readonly number: number;
  readonly bytes: number;
  readonly algorithm: DirectAlgorithm;
  readonly sum: string;
}

/**
 * Signs requests that clients send to the bucket: parts of direct uploads, and downloads. Their URLs name
 * the endpoint of `settings`. Sends no request.
 */
export class RequestSigner {
  readonly #settings: BucketSettings;
  readonly #client: S3Client;

  constructor(settings: BucketSettings) {
    this.#settings = settings;
    this.#client = new S3Client({
      region: settings.region,
      ...(settings.endpoint === null ? {} : { endpoint: settings.endpoint }),
      ...(settings.credentials === null ? {} : { credentials: settings.credentials }),
      forcePathStyle: settings.forcePathStyle,
      // Otherwise the SDK signs the checksum of an empty body, because it has no other.
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
  }

  /** The URL of a PUT whose length and checksum are signed: the service refuses any other body. */
  partUrl(part: SignablePart): Promise<string> {
    const { bucket, prefix } = this.#settings;
    const command = new UploadPartCommand({
      Bucket: bucket,
      Key: prefix + part.key,
      UploadId: part.id,
      PartNumber: part.number,
      ContentLength: part.bytes,
      [serviceNames[part.algorithm].field]: part.sum,
    });
    return getSignedUrl(this.#client, command, {
      expiresIn: SIGNED_MS / 1_000,
      // In the query the checksum would be one that the client need not send.
      unhoistableHeaders: new Set([checksumHeader(part.algorithm)]),
    });
  }

  /** The URL of a GET that returns the object with these headers, valid for `SIGNED_MS`. */
  downloadUrl(key: string, headers: LinkHeaders): Promise<string> {
    const { bucket, prefix } = this.#settings;
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: prefix + key,
      ResponseContentType: headers.contentType,
      ResponseContentDisposition: headers.contentDisposition,
    });
    return getSignedUrl(this.#client, command, { expiresIn: SIGNED_MS / 1_000 });
  }

  close(): void {
    this.#client.destroy();
  }
}

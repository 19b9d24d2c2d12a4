import {
  HeadObjectCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
} from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket.ts";
import { checksumIn, type DirectAlgorithm } from "./checksums.ts";
import { shortEtag } from "./etags.ts";
import { unlessMissing } from "./failure.ts";

/** A part as the bucket has it. `sum`: its checksum in base64; null when the service names none. */
export interface CheckedPart {
  readonly number: number;
  readonly etag: string;
  readonly bytes: number;
  readonly sum: string | null;
}

const MOST_LISTED = 1_000;

/** Parts from number `first` to `last`, with the checksums that the service verified. */
export async function listCheckedParts(
  bucket: Bucket,
  ask: { key: string; id: string; algorithm: DirectAlgorithm; first: number; last: number },
): Promise<CheckedPart[]> {
  const { key, id, algorithm, first, last } = ask;
  const found: CheckedPart[] = [];
  let after: number | null = first - 1;
  while (after !== null && after < last) {
    const page: ListPartsCommandOutput = await bucket.client.send(
      new ListPartsCommand({
        ...bucket.named(key),
        UploadId: id,
        PartNumberMarker: String(after),
        MaxParts: Math.min(MOST_LISTED, last - after),
      }),
    );
    for (const part of page.Parts ?? []) {
      const { PartNumber = 0, ETag = "", Size = 0 } = part;
      const sum = checksumIn(part, algorithm);
      found.push({ number: PartNumber, etag: shortEtag(ETag), bytes: Size, sum });
    }
    after = page.IsTruncated ? Number(page.NextPartNumberMarker) : null;
  }
  return found;
}

/** The object's checksum, in base64, as the service computed it; null for none. */
export async function checksumOf(
  bucket: Bucket,
  key: string,
  algorithm: DirectAlgorithm,
): Promise<string | null> {
  const ask = { ...bucket.named(key), ChecksumMode: "ENABLED" as const };
  const found = await unlessMissing(bucket.client.send(new HeadObjectCommand(ask)));
  return found === null ? null : checksumIn(found, algorithm);
}

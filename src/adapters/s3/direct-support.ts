import { randomBytes } from "node:crypto";
import type { Bucket } from "./bucket.ts";
import { listCheckedParts } from "./checked-parts.ts";
import { checksumHeader, type DirectAlgorithm, directAlgorithms, toBase64 } from "./checksums.ts";
import { statusOf } from "./failure.ts";
import type { RequestSigner } from "./request-signer.ts";

/** The bytes of the tried part, and their checksums. */
const BODY = "123456789";
const sums: Readonly<Record<DirectAlgorithm, string>> = {
  crc64nvme: toBase64("ae8b14860a799888"),
  crc32: toBase64("cbf43926"),
};
const REQUEST_MS = 10_000;

/**
 * Tries whether clients may send parts to the bucket: the service must refuse a part that does not
 * match its signed checksum, and list the checksum of one that does. Returns the algorithm to use, null
 * when no algorithm works. Throws what keeps the service from being asked.
 */
export async function directAlgorithmOf(
  bucket: Bucket,
  signer: RequestSigner,
): Promise<DirectAlgorithm | null> {
  for (const algorithm of directAlgorithms)
    if (await isVerified(bucket, signer, algorithm)) return algorithm;
  return null;
}

async function isVerified(
  bucket: Bucket,
  signer: RequestSigner,
  algorithm: DirectAlgorithm,
): Promise<boolean> {
  const key = `check-${randomBytes(8).toString("hex")}`;
  const id = await bucket.multipart.create(key, "check", algorithm).catch(unlessRefused);
  if (id === null) return false;
  try {
    const sum = sums[algorithm];
    const url = await signer.partUrl({ key, id, number: 1, bytes: BODY.length, algorithm, sum });
    const headers = { [checksumHeader(algorithm)]: sum };
    const wrong = await put(url, headers, "123456780");
    if (wrong < 400 || (await put(url, headers, BODY)) !== 200) return false;
    const parts = await listCheckedParts(bucket, { key, id, algorithm, first: 1, last: 1 });
    return parts[0]?.sum === sum;
  } finally {
    await bucket.multipart.abort({ key, id });
  }
}

/** Null for a service that does not know the algorithm. */
function unlessRefused(error: unknown): null {
  const status = statusOf(error);
  if (status !== null && (status < 500 || status === 501)) return null;
  throw error;
}

async function put(url: string, headers: Record<string, string>, body: string): Promise<number> {
  const signal = AbortSignal.timeout(REQUEST_MS);
  const { status } = await fetch(url, { method: "PUT", headers, body, signal });
  return status;
}

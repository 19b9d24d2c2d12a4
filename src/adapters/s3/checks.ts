import { randomBytes } from "node:crypto";
import type { Bucket } from "./bucket.ts";
import { errorName, statusOf } from "./failure.ts";

/** Something at the bucket that keeps the server from working, in one sentence that names the setting. */
export class BucketProblem extends Error {}

/** Amazon S3 refuses requests whose time differs by 15 minutes. Milliseconds. */
const MOST_SKEW_MS = 5 * 60_000;

/** Errors that say what is wrong whatever was tried. */
const sentences: Readonly<Record<string, (where: string) => string>> = {
  NoSuchBucket: (where) =>
    `There is no bucket ${where}: check S3_BUCKET, S3_ENDPOINT and S3_REGION.`,
  InvalidAccessKeyId: (where) =>
    `The service of ${where} does not know the key in S3_ACCESS_KEY_ID.`,
  SignatureDoesNotMatch: (where) =>
    `The service of ${where} refuses the signature: check S3_SECRET_ACCESS_KEY.`,
  CredentialsProviderError: () =>
    "No credentials were found: set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or give the machine a role.",
  RequestTimeTooSkewed: (where) =>
    `The clock of this machine differs too much from that of ${where}: set the machine's clock.`,
  PermanentRedirect: (where) => `The bucket ${where} is in another region: check S3_REGION.`,
  AuthorizationHeaderMalformed: (where) =>
    `The bucket ${where} is in another region: check S3_REGION.`,
};

/**
 * Tries everything that the store does with the bucket, on objects of its own that it removes again.
 * Throws a `BucketProblem` for the first thing that does not work.
 */
export async function checkBucket(bucket: Bucket, where: string): Promise<void> {
  const key = `check-${randomBytes(8).toString("hex")}`;
  const attempt = async <T>(right: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new BucketProblem(explain(error, { where, right }), { cause: error });
    }
  };
  await attempt("s3:ListBucket", async () => {
    for await (const _ of bucket.list(key)) break;
  });
  await attempt("s3:PutObject", () => bucket.put(key, Buffer.from("check")));
  try {
    const skew = await attempt("s3:GetObject", () => bucket.clockSkew(key));
    if (Math.abs(skew) > MOST_SKEW_MS)
      throw new BucketProblem(sentences.RequestTimeTooSkewed?.(where));
    await attempt("s3:PutObject (multipart)", async () => {
      const id = await bucket.multipart.create(key, "check");
      await attempt("s3:AbortMultipartUpload", () => bucket.multipart.abort({ key, id }));
    });
    await attempt("s3:ListBucketMultipartUploads", async () => {
      for await (const _ of bucket.multipart.list(key)) break;
    });
  } finally {
    await attempt("s3:DeleteObject", () => bucket.delete(key));
  }
}

function explain(error: unknown, { where, right }: { where: string; right: string }): string {
  if (error instanceof BucketProblem) return error.message;
  const name = errorName(error) ?? "Error";
  const known = sentences[name];
  if (known !== undefined) return known(where);
  const status = statusOf(error);
  if (status === 401 || status === 403)
    return `The credentials (S3_ACCESS_KEY_ID) have not the right ${right} on ${where} (${name}): see the policy in docs/s3.md.`;
  if (status === 301 || status === 307)
    return `The bucket ${where} is in another region or at another address: check S3_REGION and S3_ENDPOINT.`;
  if (status === 404)
    return `There is no bucket ${where}: check S3_BUCKET, S3_ENDPOINT and S3_FORCE_PATH_STYLE.`;
  if (status === null)
    return `The service of ${where} cannot be reached: check S3_ENDPOINT and the network (${messageOf(error)}).`;
  return `The service of ${where} answered ${status} ${name} when ${right} was tried.`;
}

function messageOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}

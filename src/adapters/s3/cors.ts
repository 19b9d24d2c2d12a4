import { type CORSRule, GetBucketCorsCommand } from "@aws-sdk/client-s3";
import type { Bucket } from "./bucket.ts";
import { errorName, statusOf } from "./failure.ts";

/** What browsers send parts with. */
const METHOD = "PUT";
const HEADER = "x-amz-checksum-crc64nvme";
const EXPOSED = "etag";

/**
 * Why browsers on pages of `origins` cannot send parts to the bucket, in one sentence; null when they
 * can.
 */
export async function corsProblem(
  bucket: Bucket,
  { name, origins }: { name: string; origins: readonly string[] },
): Promise<string | null> {
  const remedy = "Set the CORS rules of docs/s3.md#direct-mode.";
  try {
    const { CORSRules = [] } = await bucket.client.send(
      new GetBucketCorsCommand({ Bucket: bucket.named("").Bucket }),
    );
    const refused = origins.filter((origin) => !CORSRules.some((rule) => allows(rule, origin)));
    if (refused.length === 0) return null;
    return `Browsers on ${refused.join(", ")} cannot send direct uploads to ${name}: no CORS rule of the bucket allows PUT with any header and exposes ETag. ${remedy}`;
  } catch (error) {
    if (statusOf(error) === 404)
      return `Browsers cannot send direct uploads to ${name}: the bucket has no CORS rules. ${remedy}`;
    return `The CORS rules of ${name} cannot be read (${errorName(error)}), which needs s3:GetBucketCORS: browsers may not be able to send direct uploads. ${remedy}`;
  }
}

function allows(rule: CORSRule, origin: string): boolean {
  const {
    AllowedMethods = [],
    AllowedOrigins = [],
    AllowedHeaders = [],
    ExposeHeaders = [],
  } = rule;
  return (
    AllowedMethods.includes(METHOD) &&
    AllowedOrigins.some((pattern) => fits(pattern, origin)) &&
    AllowedHeaders.some((pattern) => fits(pattern.toLowerCase(), HEADER)) &&
    ExposeHeaders.some((exposed) => exposed.toLowerCase() === EXPOSED)
  );
}

/** A pattern of S3 has one `*` at most. */
function fits(pattern: string, text: string): boolean {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return pattern === text;
  return text.startsWith(before) && text.slice(before.length).endsWith(after);
}

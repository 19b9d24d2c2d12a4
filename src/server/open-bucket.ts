import { randomIds } from "../adapters/node/ids.ts";
import { Bucket } from "../adapters/s3/bucket.ts";
import { checkBucket } from "../adapters/s3/checks.ts";
import { corsProblem } from "../adapters/s3/cors.ts";
import { directAlgorithmOf } from "../adapters/s3/direct-support.ts";
import { bucketIdentity } from "../adapters/s3/identity.ts";
import { RequestSigner } from "../adapters/s3/request-signer.ts";
import { createS3Store, type S3StoreOptions } from "../adapters/s3/s3-store.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { Logger } from "../core/ports/system.ts";
import type { Environment } from "../env.ts";
import type { Closers } from "./closers.ts";
import { StartError } from "./start-error.ts";
import type { StorePair } from "./store-match.ts";

/**
 * Tries out the bucket of the settings and opens the store in it. A module of its own: the AWS SDK is
 * loaded only where it is used. Throws a `StartError` when the bucket cannot be used.
 */
export async function openBucket(
  { s3, filesystem, publicUrl, corsOrigins }: Environment,
  { name, log, closers }: { name: string; log: Logger; closers: Closers },
): Promise<{ store: ChunkStore; identity: StorePair["identity"] }> {
  const bucket = new Bucket(s3);
  closers.add(async () => bucket.close());
  await checkBucket(bucket, name).catch((error: Error) => {
    throw new StartError(error.message, { cause: error });
  });
  const signer = new RequestSigner({ ...s3, endpoint: s3.publicEndpoint ?? s3.endpoint });
  closers.add(async () => signer.close());
  const origins = [new URL(publicUrl).origin, ...corsOrigins];
  const direct = await openDirect({ s3, bucket, signer, name, origins, log });
  const newName = () => randomIds.newId().replaceAll("-", "");
  const { pathTemplate } = filesystem;
  const downloadSigner = s3.publicDownloads ? signer : null;
  const { equalParts } = s3;
  const options = { bucket, pathTemplate, equalParts, downloadSigner, newName, log, direct };
  const store = createS3Store(options);
  return { store, identity: bucketIdentity(bucket) };
}

/** How clients send bytes to the bucket themselves; null, with a line in the log, where they cannot. */
async function openDirect(means: {
  s3: Environment["s3"];
  bucket: Bucket;
  /** Signs for clients, which may reach the service by another name than the server. */
  signer: RequestSigner;
  name: string;
  /** Of the pages that send uploads. */
  origins: readonly string[];
  log: Logger;
}): Promise<NonNullable<S3StoreOptions["direct"]> | null> {
  const { s3, bucket, signer, name, origins, log } = means;
  const ownSigner = new RequestSigner(s3);
  try {
    const algorithm = await directAlgorithmOf(bucket, ownSigner);
    if (algorithm !== null) {
      const problem = await corsProblem(bucket, { name, origins });
      if (problem !== null) log.warn({}, problem);
      return { signer, algorithm };
    }
    log.info({}, `The service of ${name} does not verify checksums: direct uploads are off.`);
  } catch (err) {
    log.warn({ err }, `Direct uploads to ${name} could not be tried: they are off.`);
  } finally {
    ownSigner.close();
  }
  return null;
}

import type { CoreContext } from "./core.ts";
import { UploadError } from "./errors.ts";
import type { DigestOutlook, RunningDigest } from "./ports/digests.ts";
import type { BodyDigest } from "./requests.ts";

/** A digest that the sender claims, beside the one that its bytes have. */
export interface ClaimedDigest {
  readonly claim: BodyDigest;
  readonly running: RunningDigest;
}

/** Begins to check what the sender claims of its body. */
export async function startBodyDigests(
  core: Pick<CoreContext, "digests">,
  claims: readonly BodyDigest[] = [],
  outlook?: DigestOutlook,
): Promise<ClaimedDigest[]> {
  return Promise.all(
    claims.map(async (claim) => ({
      claim,
      running: await core.digests.start(claim.algorithm, outlook),
    })),
  );
}

/** CHUNK_CHECKSUM_MISMATCH when one of the claims does not hold: nothing of the body may count then. */
export async function checkDigests(digests: readonly ClaimedDigest[]): Promise<void> {
  for (const { claim, running } of digests) {
    const found = await running.hex();
    if (found === claim.hex) continue;
    throw new UploadError("CHUNK_CHECKSUM_MISMATCH", {
      details: { algorithm: claim.algorithm, expected: claim.hex, found },
    });
  }
}

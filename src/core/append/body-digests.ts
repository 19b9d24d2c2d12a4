import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import type { DigestOutlook, RunningDigest } from "../ports/digests.ts";
import type { AppendRequest, BodyDigest } from "../requests.ts";

/** A digest that the sender claims, and the running digest of the received bytes. */
export interface ClaimedDigest {
  readonly algorithm: string;
  /** What the sender claims, lower-case hex; asked when the body has ended. Null: nothing of this algorithm. */
  readonly claimed: () => Promise<string | null>;
  readonly running: RunningDigest;
}

type Claims = Pick<AppendRequest, "digests" | "trailing">;

/** Starts to check the digests that the sender declares for its body, in headers or in trailers. */
export async function startBodyDigests(
  core: Pick<CoreContext, "digests">,
  claims: Claims,
  outlook: DigestOutlook,
): Promise<ClaimedDigest[]> {
  const known = (claims.digests ?? []).map(({ algorithm, hex }) => ({
    algorithm,
    claimed: async () => hex,
  }));
  return Promise.all(
    [...known, ...trailingClaims(claims)].map(async (claim) => ({
      ...claim,
      running: await core.digests.start(claim.algorithm, outlook),
    })),
  );
}

function trailingClaims({ trailing }: Claims): Omit<ClaimedDigest, "running">[] {
  if (trailing === undefined) return [];
  let told: Promise<BodyDigest> | null = null;
  return trailing.algorithms.map((algorithm) => ({
    algorithm,
    async claimed() {
      told ??= trailing.read();
      const digest = await told;
      return digest.algorithm === algorithm ? digest.hex : null;
    },
  }));
}

/** Whether bytes may count before the body has ended: not while a claim of it waits to be checked. */
export function claimsNothing({ digests, trailing }: Claims): boolean {
  return (digests ?? []).length === 0 && trailing === undefined;
}

/** CHUNK_CHECKSUM_MISMATCH when one of the claims does not hold: nothing of the body may count then. */
export async function checkDigests(digests: readonly ClaimedDigest[]): Promise<void> {
  for (const { algorithm, claimed, running } of digests) {
    const expected = await claimed();
    if (expected === null) continue;
    const found = await running.hex();
    if (found === expected) continue;
    throw new UploadError("CHUNK_CHECKSUM_MISMATCH", { details: { algorithm, expected, found } });
  }
}

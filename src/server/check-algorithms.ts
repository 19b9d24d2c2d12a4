import type { Digests } from "../core/ports/digests.ts";
import type { Profiles } from "../core/profiles.ts";
import type { Environment } from "../env.ts";
import { EnvironmentError } from "../environment-error.ts";

/** Throws an `EnvironmentError` when settings or profiles ask for digests that are not there. */
export function checkAlgorithms(
  environment: Environment,
  profiles: Profiles,
  digests: Pick<Digests, "algorithms">,
): void {
  const known = digests.algorithms;
  const problems = Object.entries(profiles)
    .filter(([, { checksumAlgorithm: asked }]) => asked !== undefined && !known.includes(asked))
    .map(([name, { checksumAlgorithm: asked }]) => `the profile "${name}" asks for ${asked}`);
  if (!known.includes(environment.core.checksumAlgorithm))
    problems.unshift("CHUNKED_UPLOAD_CHECKSUM");
  if (problems.length === 0) return;
  throw new EnvironmentError(
    problems.map((problem) => `${problem} must be one of ${known.join(", ")}`),
  );
}

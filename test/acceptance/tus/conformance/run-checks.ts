import { type Check, type Extension, NotSeen } from "./check.ts";
import type { Target } from "./target.ts";

/** What became of a check. */
export type Outcome =
  | { readonly kind: "passed" }
  /** `seen` is what the server did instead. */
  | { readonly kind: "failed"; readonly seen: string }
  /** The server does not announce the extension. */
  | { readonly kind: "not offered"; readonly extension: Extension }
  /** The extension is announced, but there was no occasion to see this. */
  | { readonly kind: "not seen"; readonly why: string };

export interface Result {
  readonly check: Check;
  readonly outcome: Outcome;
}

/** So many checks at once: each has its own uploads, and one of them only waits. */
const LANES = 4;

/** Runs all `checks`; the results have their order. */
export async function runChecks(
  checks: readonly Check[],
  target: Target,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = [...checks.entries()];
  // Those that wait for time to pass go first.
  queue.sort(([, one], [, other]) => Number(waits(other)) - Number(waits(one)));
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [at, check] = next;
      results[at] = { check, outcome: await runCheck(check, target) };
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

export async function runCheck(check: Check, target: Target): Promise<Outcome> {
  const missing = needed(check).find((extension) => !target.offers(extension));
  if (missing !== undefined) return { kind: "not offered", extension: missing };
  try {
    await check.run(target);
    return { kind: "passed" };
  } catch (error) {
    if (error instanceof NotSeen) return { kind: "not seen", why: error.message };
    return { kind: "failed", seen: error instanceof Error ? error.message : String(error) };
  }
}

function needed({ extension, needs = [] }: Check): readonly Extension[] {
  return extension === "core" || extension === "our contract" ? needs : [extension, ...needs];
}

function waits({ id }: Check): boolean {
  return id === "expiration/gone";
}

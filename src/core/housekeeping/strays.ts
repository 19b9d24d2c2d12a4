import type { CoreContext } from "../core.ts";
import type { StrayReport } from "../requests.ts";

/** Files whose records are asked for in one query. */
const BATCH = 500;
/** Keys that a report names. */
const EXAMPLES = 20;

/**
 * Counts finished files that no record names: they are never removed, because a restored database
 * must not cost files, and an operator must know of them. Ends early when `signal` aborts.
 */
export async function findStrays(core: CoreContext, signal: AbortSignal): Promise<StrayReport> {
  const found = { count: 0, examples: [] as string[] };
  let batch: { readonly id: string; readonly key: string }[] = [];
  const settle = async () => {
    const known = await core.uploads.known(batch.map(({ id }) => id));
    for (const { id, key } of batch) {
      if (known.has(id)) continue;
      found.count += 1;
      if (found.examples.length < EXAMPLES) found.examples.push(key);
    }
    batch = [];
  };
  for await (const { kind, uploadId, key } of core.store.objects()) {
    if (signal.aborted) return found;
    if (kind === "finished" && uploadId !== null) batch.push({ id: uploadId, key });
    if (batch.length >= BATCH) await settle();
  }
  if (batch.length > 0) await settle();
  return found;
}

import type { DatabaseFacts } from "../adapters/prisma/database-facts.ts";
import { UploadError } from "../core/errors.ts";

const FACT = "ready";

/**
 * Proves that a commit is one: writes on the path of all writes, and reads through another
 * connection, which sees only what was committed. Throws UNAVAILABLE when it does not see it.
 * `name` is unique for each process.
 */
export function commitProof(ask: {
  facts: Pick<DatabaseFacts, "write">;
  readBack: (key: string) => Promise<string | null>;
  name: string;
}): () => Promise<void> {
  const { facts, readBack, name } = ask;
  let written = 0;
  return async () => {
    written += 1;
    const count = written;
    await facts.write(FACT, `${name}:${count}`);
    const [owner, seen] = (await readBack(FACT))?.split(":") ?? [];
    // A probe that took too long may still run at the same time as the next one.
    if (owner === name && Number(seen) >= count) return;
    throw new UploadError("UNAVAILABLE", {
      cause: new Error("A write was acknowledged, and another connection does not see it."),
    });
  };
}

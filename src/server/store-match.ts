import type { StoreIdentity } from "../adapters/filesystem/store-identity.ts";
import type { DatabaseFacts } from "../adapters/prisma/database-facts.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { Uploads } from "../core/ports/uploads.ts";
import { StartError } from "./start-error.ts";

/** The fact that names the store whose files the database describes. */
export const STORE = "store";
/** How many finished uploads of a database without an identity are looked for in the store. */
const SAMPLE = 20;

export interface StorePair {
  readonly facts: DatabaseFacts;
  readonly identity: StoreIdentity;
  readonly uploads: Pick<Uploads, "completed">;
  readonly store: Pick<ChunkStore, "length" | "objects">;
  readonly newId: () => string;
  /** How messages name the two, without secrets. */
  readonly names: { readonly database: string; readonly files: string };
}

/**
 * Proves that the database describes this store: both carry the same id. The first start gives them
 * one. Throws a `StartError` when they do not belong together: a database with other files would
 * reset uploads to offset 0, and files with another database would be swept.
 */
export async function requireMatch(pair: StorePair): Promise<void> {
  const { facts, identity } = pair;
  const [recorded, proposed] = [await identity.read(), await identity.proposed()];
  const known = await facts.read(STORE);
  if (recorded !== null && recorded === known) return;
  // A crash came between proposing the id, writing it into the database and recording it.
  if (recorded === null && proposed !== null && proposed === known) return identity.record();
  if (known !== null || (recorded !== null && !(await isEmpty(pair.store)))) {
    throw mismatch(pair, { known, recorded });
  }
  if (recorded === null && (await describesOtherFiles(pair))) {
    throw mismatch(pair, { known, recorded });
  }
  const id = recorded ?? proposed ?? pair.newId();
  await identity.propose(id);
  // Another process may have started on the same database at the same moment.
  if (!(await facts.add(STORE, id))) {
    throw mismatch(pair, { known: await facts.read(STORE), recorded });
  }
  await identity.record();
}

/** Writes a new common id to both. A database or store that either of them belonged to before no longer fits. */
export async function adopt({ facts, identity, newId }: StorePair): Promise<string> {
  const id = newId();
  await identity.propose(id);
  await facts.write(STORE, id);
  await identity.record();
  return id;
}

async function isEmpty(store: StorePair["store"]): Promise<boolean> {
  for await (const _ of store.objects()) return false;
  return true;
}

/** Whether the database of a version without identities has finished files of which none exists here. */
async function describesOtherFiles({ uploads, store }: StorePair): Promise<boolean> {
  const sample = (await uploads.completed({ limit: SAMPLE })).filter(({ size }) => size !== 0);
  for (const upload of sample) if ((await store.length(upload)) > 0) return false;
  return sample.length > 0;
}

function mismatch(
  { names }: StorePair,
  { known, recorded }: { known: string | null; recorded: string | null },
): StartError {
  const of = (id: string | null) => (id === null ? "no store id" : `the store id ${id}`);
  return new StartError(
    `The database (${names.database}) and the files in ${names.files} do not belong together: ` +
      `the database has ${of(known)}, the files have ${of(recorded)}. ` +
      "Set DATABASE_URL and DATA_DIR to a pair that belongs together, and check that the disk with the files is mounted. " +
      "To join these two on purpose, for example after a restore of only one of them, run `npm run cli -- adopt` once.",
  );
}

import { randomIds } from "../adapters/node/ids.ts";
import type { Database } from "../adapters/prisma/open-database.ts";
import type { Environment } from "../env.ts";
import { databaseName } from "./banner.ts";
import { refuseHalfMoved } from "./move/move-mark.ts";
import type { OpenedStore } from "./open-store.ts";
import { adopt, requireMatch, STORE, type StorePair } from "./store-match.ts";

/**
 * Proves that database and store belong together, or joins them where the operator is `adopting`.
 * Throws a `StartError`.
 */
export async function matchStore(
  environment: Pick<Environment, "databaseUrl">,
  opened: { database: Database; place: OpenedStore; adopting: boolean },
): Promise<void> {
  const { facts, uploads } = opened.database;
  const { store, identity, name } = opened.place;
  refuseHalfMoved(await facts.read(STORE));
  const names = { database: databaseName(environment.databaseUrl), files: name };
  const pair: StorePair = { facts, identity, uploads, store, newId: randomIds.newId, names };
  if (opened.adopting) await adopt(pair);
  else await requireMatch(pair);
}

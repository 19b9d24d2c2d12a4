import { systemClock } from "../../adapters/node/clock.ts";
import { randomIds } from "../../adapters/node/ids.ts";
import { lockDatabase } from "../../adapters/postgresql/database-lock.ts";
import { type Database, openDatabase } from "../../adapters/prisma/open-database.ts";
import { openRecordMove, type RecordMove } from "../../adapters/prisma/record-move.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { Environment } from "../../env.ts";
import { databaseName } from "../banner.ts";
import type { Closers } from "../closers.ts";
import { requireVersion } from "../code-version.ts";
import { type OpenedStore, openStore } from "../open-store.ts";
import { applyMigrations } from "../own-data.ts";
import { StartError, startErrorOf } from "../start-error.ts";
import { STORE } from "../store-match.ts";
import { isMoveMark } from "./move-mark.ts";

export interface MoveTools {
  readonly log: Logger;
  readonly closers: Closers;
}

/** The target of a move: locked, and proven to be empty or to be from an earlier run of this move. */
export interface MoveTarget {
  /** The settings of the installation after the move. */
  readonly environment: Environment;
  readonly records: RecordMove;
  readonly place: OpenedStore;
  /** Null while the target has no tables. */
  readonly database: Database | null;
  /** Whether an earlier run began. */
  readonly resumed: boolean;
}

interface TargetAsk {
  readonly source: Environment;
  readonly environment: Environment;
  /** The mark of this move: see `moveMark`. Depends on the name of the target's store. */
  readonly markOf: (files: string) => string;
}

/** Changes nothing in the target. What was opened is added to `closers`. Throws a `StartError`. */
export async function openTarget(ask: TargetAsk, tools: MoveTools): Promise<MoveTarget> {
  const { source, environment } = ask;
  const { log, closers } = tools;
  const { databaseUrl: url, databasePool: pool } = environment;
  const holder = randomIds.newId();
  const lock = await lockDatabase({ url, holder, clock: systemClock, log }).catch(unusable);
  if (lock === null)
    throw new StartError(`A server uses the target (${databaseName(url)}). Stop it first.`);
  closers.add(() => lock.release());
  const between = { source: { url: source.databaseUrl, log }, target: { url, log, pool } };
  const records = await openRecordMove(between).catch(unusable);
  closers.add(() => records.close());
  const place = await openStore(environment, tools);
  const database = (await records.isMigrated()) ? await openRecords(environment, tools) : null;
  const known = (await database?.facts.read(STORE)) ?? null;
  const resumed = known === ask.markOf(place.name);
  const opened = { environment, records, place, database, resumed };
  if (!resumed)
    await requireEmpty(opened, { known, copies: source.storage !== environment.storage });
  return opened;
}

/** Migrates the target and marks it as incomplete: no server starts on it. Returns its records. */
export async function prepareTarget(
  { environment, database }: MoveTarget,
  mark: string,
  tools: MoveTools,
): Promise<Database> {
  await applyMigrations(environment, tools.log);
  const ready = database ?? (await openRecords(environment, tools));
  await requireVersion(ready.facts);
  await ready.facts.write(STORE, mark);
  return ready;
}

async function openRecords(
  { databaseUrl: url, databasePool: pool }: Environment,
  { log, closers }: MoveTools,
): Promise<Database> {
  const database = await openDatabase({ url, log, pool }).catch(unusable);
  closers.add(() => database.close());
  return database;
}

async function requireEmpty(
  { environment, records, place, database }: MoveTarget,
  { known, copies }: { known: string | null; copies: boolean },
): Promise<void> {
  const name = databaseName(environment.databaseUrl);
  if (isMoveMark(known))
    throw new StartError(
      `The target (${name}) has an incomplete move of another installation, or to other files. Continue that move, or use another database.`,
    );
  if (known !== null || (database !== null && !(await records.isEmpty())))
    throw new StartError(`The target (${name}) is not empty. Use a new database.`);
  if (!copies) return;
  const isUsed = (await place.identity.read()) !== null;
  if (isUsed || (await hasObjects(place)))
    throw new StartError(
      `The target (${place.name}) has files of another installation. Set S3_PREFIX, or use another bucket.`,
    );
}

async function hasObjects({ store }: OpenedStore): Promise<boolean> {
  for await (const _ of store.objects()) return true;
  return false;
}

function unusable(error: unknown): never {
  throw startErrorOf("The target database cannot be used", error);
}

import path from "node:path";
import { createDigests } from "../../adapters/hash-wasm/digests.ts";
import { randomIds } from "../../adapters/node/ids.ts";
import type { Database } from "../../adapters/prisma/open-database.ts";
import { type Environment, readProcessEnvironment } from "../../env.ts";
import { databaseName } from "../banner.ts";
import { Closers } from "../closers.ts";
import { type OpenedData, openData } from "../open-data.ts";
import { openLog } from "../open-log.ts";
import type { Facts, Operator } from "../operator-commands.ts";
import { adopt, STORE } from "../store-match.ts";
import { moveMark } from "./move-mark.ts";
import { type MovedUploads, moveUploads } from "./move-uploads.ts";
import { type MoveTarget, openTarget, prepareTarget } from "./open-target.ts";
import { targetSettings } from "./target-settings.ts";

/** What a move is asked for. */
export interface MoveAsk {
  /** `postgresql://…`: a database of its own for the installation. */
  readonly to: string;
  /** Null: the files stay where they are. */
  readonly store: "s3" | null;
  readonly dryRun: boolean;
  /** Completes the move although damaged files are left behind. */
  readonly leaveDamaged: boolean;
}

interface Ends {
  readonly source: OpenedData;
  /** Whether the files are copied; otherwise they stay where they are. */
  readonly copies: boolean;
  readonly target: MoveTarget;
  readonly database: Database;
}

/** Moves the installation that the settings of this process name. */
export function move(ask: MoveAsk, operator: Operator): Promise<Facts> {
  return moveFrom({ ...readProcessEnvironment(), logLevel: "warn" }, ask, operator);
}

/**
 * Copies users, tokens, finished uploads and, with `store`, their files to an empty database and an
 * empty bucket. The source is locked. A run that was stopped, or that found damaged files, is
 * continued by the next one; until then no server starts on the target. Unfinished uploads are not
 * moved. Throws a `StartError` when source or target cannot be used.
 */
export async function moveFrom(
  environment: Environment,
  ask: MoveAsk,
  operator: Operator,
): Promise<Facts> {
  const after = targetSettings(environment, ask);
  const closers = new Closers();
  const tools = { log: openLog(environment, false), closers };
  try {
    const source = await openData(environment, tools);
    const sourceId = (await source.database.facts.read(STORE)) ?? "";
    const markOf = (files: string) => moveMark(sourceId, files);
    const target = await openTarget({ source: environment, environment: after, markOf }, tools);
    const plan = { ...(await target.records.totals()), ...namesOf(target, environment) };
    const { resumed, place } = target;
    if (ask.dryRun) return { ...plan, resumed, dryRun: true };
    const database = await prepareTarget(target, markOf(place.name), tools);
    const copies = ask.store !== null;
    const done = await run({ source, copies, target, database }, ask, operator);
    return { ...plan, resumed, ...done };
  } finally {
    await closers.close(tools.log);
  }
}

/** What the operator reads of the target, without the password. */
function namesOf({ environment, place }: MoveTarget, source: Environment): Facts {
  const needsSecret = environment.instances === "several" && environment.auth.secret === null;
  return {
    database: databaseName(environment.databaseUrl),
    files: place.name,
    copiesFiles: environment.storage !== source.storage,
    storage: environment.storage,
    secretFile: needsSecret ? path.join(environment.dataDir, "secret") : null,
  };
}

async function run(ends: Ends, ask: MoveAsk, operator: Operator): Promise<Facts> {
  const moved: MovedUploads = { moved: 0, movedBytes: 0, skipped: 0, damaged: 0 };
  try {
    await copy(ends, moved, operator);
  } catch (error) {
    if (!operator.signal.aborted) throw error;
    return { ...moved, stopped: true, completed: false };
  }
  const completed = moved.damaged === 0 || ask.leaveDamaged;
  if (completed) await open(ends);
  return { ...moved, stopped: false, completed };
}

async function copy(ends: Ends, moved: MovedUploads, operator: Operator): Promise<void> {
  const { source, target, database } = ends;
  const { records, resumed, place } = target;
  await records.copyAccounts();
  await moveUploads(
    {
      source: source.store,
      target: ends.copies ? place.store : null,
      digests: createDigests(),
      signal: operator.signal,
      resumed,
      from: source.database.uploads,
      to: database.uploads,
      versions: records.versions,
      report: operator.report,
    },
    moved,
  );
  await records.copyOutbox();
}

/** Lets servers start on the target. Files that stay where they are do not fit the old database any more. */
async function open({ target, database }: Ends): Promise<void> {
  const { environment, place } = target;
  const names = { database: databaseName(environment.databaseUrl), files: place.name };
  const { facts, uploads } = database;
  await adopt({ ...place, facts, uploads, newId: randomIds.newId, names });
}

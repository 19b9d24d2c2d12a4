import { inLanes } from "../support/chunk-sender.ts";
import { chance as chanceOf, randomFile } from "../support/random-file.ts";
import type { Cluster } from "./cluster.ts";
import { type Disturbances, type Disturbing, killInTurn, outages } from "./disturb.ts";
import { sendDrf } from "./drf-door.ts";
import { History } from "./history.ts";
import type { Sending } from "./persist.ts";
import { sendRaw } from "./raw-door.ts";
import { sendTus } from "./tus-door.ts";
import { sendTyped } from "./typed-door.ts";
import { type Leftovers, verifyDownload, verifyNothingUnowned } from "./verify.ts";

export interface ClusterPlan {
  readonly uploads: number;
  readonly seed: number;
  /** Uploads at the same time. */
  readonly lanes: number;
  readonly faults: "none" | "kill" | "outage";
  /** Milliseconds between two faults, about. */
  readonly everyMs: number;
  /** Bytes of the largest file. */
  readonly largest: number;
}

export const doors = { client: sendTyped, raw: sendRaw, drf: sendDrf, tus: sendTus };
export type DoorName = keyof typeof doors;
const doorNames = Object.keys(doors) as DoorName[];

/** One upload, at its end. */
export interface Outcome {
  readonly number: number;
  readonly door: DoorName;
  readonly bytes: number;
  readonly abandoned: boolean;
  readonly id: string;
  readonly history: History;
  /** Null: it ended as it must. */
  readonly problem: string | null;
}

export interface ClusterRun {
  readonly outcomes: readonly Outcome[];
  readonly disturbances: Disturbances;
  /** Null when the bucket could not be compared; `problems` says why. */
  readonly leftovers: Leftovers | null;
  readonly problems: readonly string[];
  readonly sendingMs: number;
}

const KIB = 1_024;
const BLOCK_BYTES = 8 * 2 ** 20;
/** One upload in so many is given up in its middle. */
const ABANDONED = 12;

/** Sends uploads through all doors while instances or their services fail, then checks everything. */
export async function runCluster(
  cluster: Cluster,
  plan: ClusterPlan,
  say: (line: string) => void = () => undefined,
): Promise<ClusterRun> {
  const token = await cluster.instances[0].token();
  const pids = cluster.instances.map(({ pid }) => pid);
  const disturbances: Disturbances = { counts: new Map(), lines: [], outputs: [] };
  const over = new AbortController();
  const work: Disturbing = {
    ...{ cluster, everyMs: plan.everyMs, signal: over.signal, seen: disturbances, say },
    chance: chanceOf(plan.seed),
  };
  const faults = { none: async () => undefined, kill: killInTurn, outage: outages }[plan.faults];
  const disturbing = faults(work).catch((error: unknown) => String(error));
  const began = Date.now();
  const outcomes: Outcome[] = [];
  const numbers = Array.from({ length: plan.uploads }, (_, number) => number);
  await inLanes(numbers, plan.lanes, async (number) => {
    const outcome = await runOne(prepare({ origin: cluster.origin, token }, plan, number));
    outcomes.push(outcome);
    const { door, id, problem } = outcome;
    if (outcomes.length % 20 === 0) say(`${outcomes.length} uploads have ended`);
    if (problem !== null) say(`upload ${number} (${door} ${id}): ${problem}`);
  });
  const sendingMs = Date.now() - began;
  over.abort();
  const problems: string[] = [];
  const broken = await disturbing;
  if (typeof broken === "string") problems.push(`an instance did not start again: ${broken}`);
  if (plan.faults === "outage" && cluster.instances.some(({ pid }, n) => pid !== pids[n]))
    problems.push("an instance ended during the outages");
  const checked = await inspect({ origin: cluster.origin, token }, plan, outcomes);
  const leftovers = await verifyNothingUnowned(cluster).catch((error: unknown) => {
    problems.push(String(error));
    return null;
  });
  return { outcomes: checked, disturbances, leftovers, problems, sendingMs };
}

type Access = Pick<Sending, "origin" | "token">;
interface Job {
  readonly number: number;
  readonly door: DoorName;
  readonly sending: Sending;
}

/** The upload of this number: the same for the same seed. */
function prepare(access: Access, plan: ClusterPlan, number: number): Job {
  const chance = chanceOf(plan.seed * 1_000 + number);
  // A third is larger than one part of a multipart upload.
  const least = chance.next() < 0.35 ? BLOCK_BYTES + KIB : 256 * KIB;
  const most = Math.max(least, least > BLOCK_BYTES ? plan.largest : BLOCK_BYTES);
  const file = randomFile(chance.int(least, most), plan.seed * 1_000 + number);
  const door = doorNames[number % doorNames.length] ?? "raw";
  const abandon = chance.int(1, ABANDONED) === 1;
  return { number, door, sending: { ...access, file, abandon, chance, history: new History() } };
}

async function runOne({ number, door, sending }: Job): Promise<Outcome> {
  const { file, abandon, history } = sending;
  const facts = { number, door, bytes: file.size, abandoned: abandon, history };
  try {
    return { ...facts, id: await doors[door](sending), problem: null };
  } catch (error) {
    history.note(String(error));
    return { ...facts, id: "", problem: String(error) };
  }
}

async function inspect(
  access: Access,
  plan: ClusterPlan,
  outcomes: readonly Outcome[],
): Promise<Outcome[]> {
  const inspected: Outcome[] = [];
  await inLanes(outcomes, 4, async (outcome) => {
    const { abandoned, problem, number, history, id } = outcome;
    let found = problem;
    if (!abandoned && problem === null) {
      const sending = { ...prepare(access, plan, number).sending, history };
      found = await verifyDownload(sending, id).then(
        () => null,
        (error: unknown) => String(error),
      );
    }
    inspected.push({ ...outcome, problem: found });
  });
  return inspected;
}

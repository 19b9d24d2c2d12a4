import { setTimeout as sleep } from "node:timers/promises";
import { totalLength } from "../../../src/core/ranges.ts";
import { type Chance, chance } from "../../support/random-file.ts";
import { adminEmail, type SpawnedServer, spawnServer } from "../../support/spawn-server.ts";
import { anyFile, audit, Broken, goOn, type Ledger, open } from "./ledger.ts";

/** What a run of kills did; a promise that was broken is thrown, not reported. */
export interface KillReport {
  readonly rounds: number;
  readonly seed: number;
  readonly uploads: number;
  readonly completed: number;
  /** Bytes that the server had acknowledged when it was killed, over all rounds. */
  readonly acknowledged: number;
  /** Kills that met at least one body or completion under way. */
  readonly hits: number;
}

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

/** One upload of each kind is always under way: bodies of any length in order, and lanes. */
const KINDS = [1, 1, 3];
const LONGEST_ROUND_MS = 900;

/** The uploads of a run: one of each kind is always under way. */
interface Run {
  readonly dice: Chance;
  readonly server: SpawnedServer;
  readonly running: Ledger[];
  readonly finished: Ledger[];
  begin(lanes: number): Promise<Ledger>;
}

/**
 * Kills the built server with SIGKILL at random moments while chunks stream, starts it again and
 * compares: every acknowledged byte is there, no finished file is damaged, and every upload can go
 * on to its end. Throws `Broken` at the first promise that was not kept.
 */
export async function killNine({ rounds, seed, tell }: KillOptions): Promise<KillReport> {
  const dice = chance(seed);
  await using server = await spawnServer();
  const headers = { authorization: `Bearer ${await tokenOf(server)}` };
  const begin = (lanes: number) => open(server, headers, { ...anyFile(dice, lanes), lanes });
  const run: Run = { dice, server, running: [], finished: [], begin };
  const { running, finished } = run;
  for (const lanes of KINDS) running.push(await begin(lanes));
  let [acknowledged, hits] = [0, 0];

  for (let round = 1; round <= rounds; round += 1) {
    const cut = await killWhileStreaming(run);
    hits += cut > 0 ? 1 : 0;
    acknowledged += running.reduce((sum, { held }) => sum + totalLength(held), 0);
    await server.start();
    // A few of the old ones each time: a finished file must stay whole for ever.
    const old = dice.shuffle(finished).slice(0, 3);
    for (const ledger of [...running, ...old]) await audit(ledger, server.dataDir);
    tell?.(`round ${round}: ${cut} cut, ${finished.length} finished`);
  }
  for (const ledger of running) await goOn(ledger, dice);
  const all = [...running, ...finished];
  for (const ledger of all) await audit(ledger, server.dataDir);
  const completed = all.filter((ledger) => ledger.completed).length;
  return { rounds, seed, uploads: all.length, completed, acknowledged, hits };
}

/** Streams, kills at some moment, and answers how many uploads that cut. */
async function killWhileStreaming(run: Run): Promise<number> {
  const streams = run.running.map((_, index) =>
    streamOn(run, index).catch((error: unknown) => {
      if (error instanceof Broken) throw error;
    }),
  );
  await sleep(run.dice.int(5, LONGEST_ROUND_MS));
  await run.server.kill("SIGKILL");
  await Promise.all(streams);
  return run.running.filter(({ completed }) => !completed).length;
}

/** One upload after another, until the line breaks. */
async function streamOn({ running, finished, dice, begin }: Run, index: number): Promise<never> {
  for (;;) {
    const ledger = running[index];
    if (ledger === undefined) throw new Error(`No upload runs at ${index}.`);
    await goOn(ledger, dice);
    const next = await begin(ledger.lanes);
    finished.push(ledger);
    running[index] = next;
  }
}

export async function tokenOf(server: SpawnedServer): Promise<string> {
  const made = await server.cli(["token", "create", adminEmail, "--name", "test", "--json"]);
  if (made.code !== 0) throw new Error(made.stderr);
  return JSON.parse(made.stdout).token;
}

// The full form: node --import tsx test/integration/crash/kill-nine.ts
// with KILL_ROUNDS (100) and KILL_SEED (a new one each time).
if (process.argv[1] === import.meta.filename) {
  const rounds = Number(process.env.KILL_ROUNDS ?? 100);
  const seed = Number(process.env.KILL_SEED ?? Date.now() % 2 ** 32);
  const tell = (line: string) => process.stdout.write(`${line}\n`);
  tell(`KILL_SEED=${seed} KILL_ROUNDS=${rounds}`);
  tell(JSON.stringify(await killNine({ rounds, seed, tell })));
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "../support/random-file.ts";
import type { Cluster } from "./cluster.ts";

/** What was done to the cluster while clients sent. */
export interface Disturbances {
  readonly counts: Map<string, number>;
  readonly lines: string[];
  /** Output of instances that were killed. */
  readonly outputs: string[];
}

export interface Disturbing {
  readonly cluster: Cluster;
  readonly chance: Chance;
  /** Milliseconds of quiet between two faults, about. */
  readonly everyMs: number;
  /** Ends the faults; what was taken away is given back first. */
  readonly signal: AbortSignal;
  readonly seen: Disturbances;
  /** Prints a line at once. */
  readonly say: (line: string) => void;
}

function note({ seen, say }: Disturbing, what: string): void {
  seen.counts.set(what, (seen.counts.get(what) ?? 0) + 1);
  const line = `${new Date().toISOString()} ${what}`;
  seen.lines.push(line);
  say(line);
}

/** Kills one instance after the other with SIGKILL and starts it again, until `signal`. */
export async function killInTurn(work: Disturbing): Promise<void> {
  const { cluster, chance, everyMs, signal, seen } = work;
  for (let turn = 0; !signal.aborted; turn += 1) {
    await rest(everyMs * (0.5 + chance.next()), signal);
    if (signal.aborted) return;
    const number = turn % 2;
    const instance = cluster.instances[number];
    if (instance === undefined) return;
    note(work, `kill -9 of instance ${number + 1}`);
    await instance.kill("SIGKILL");
    seen.outputs.push(instance.output());
    await sleep(chance.int(0, 1_500));
    await instance.start();
  }
}

/** Takes the database and the store away in several ways; the instances go on running. */
export async function outages(work: Disturbing): Promise<void> {
  const { cluster, chance, everyMs, signal } = work;
  const [databaseGate, storeGate] = cluster.gates;
  const cut = async (what: string, gates: readonly (typeof databaseGate)[], ms: number) => {
    note(work, `${what} cut for ${ms} ms`);
    for (const gate of gates) gate.shut();
    await sleep(ms);
    for (const gate of gates) gate.open();
  };
  const kinds = [
    async () => {
      note(work, "PostgreSQL restarted");
      await cluster.restartDatabase();
    },
    () => cut("database", [databaseGate], 3_000),
    async () => {
      note(work, "S3 server stopped for 20 s");
      await cluster.s3.stop();
      await sleep(20_000);
      await cluster.s3.start();
    },
    () => cut("store", [storeGate], 3_000),
    () => cut("database and store", [databaseGate, storeGate], 5_000),
  ];
  for (let turn = 0; !signal.aborted; turn += 1) {
    await rest(everyMs * (0.5 + chance.next()), signal);
    if (!signal.aborted) await kinds[turn % kinds.length]?.();
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

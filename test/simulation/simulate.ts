import { createMemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import type { Principal } from "../../src/core/principal.ts";
import {
  type Chance,
  chance as chanceOf,
  type RandomFile,
  randomFile,
} from "../support/random-file.ts";
import { FaultTable } from "./fault-table.ts";
import { type FaultContext, type FaultRates, noFaults } from "./faults.ts";
import { Hooks } from "./hooks.ts";
import { type Instance, type SharedWorld, startInstance } from "./instance.ts";
import { Violation, withInvariants } from "./invariants.ts";
import { Judge } from "./judge.ts";
import { someRates } from "./moods.ts";
import { Network } from "./network.ts";
import { Process, Scheduler } from "./scheduler.ts";
import { clientKinds, SimClient } from "./sim-client.ts";
import { SimLink } from "./sim-peers.ts";
import { BucketStorage, DiskStorage, type SimStorage } from "./sim-storage.ts";

export interface SimulationPlan {
  readonly seed: number;
  readonly instances: number;
  readonly clients: number;
}

export interface SimulationReport {
  readonly steps: number;
  readonly crashes: number;
  readonly completed: number;
  readonly table: FaultTable;
}

const MOST_STEPS = 2_000_000;
/** Everything must have come to its end so long after the last fault. Virtual milliseconds. */
const PATIENCE_MS = 4 * 3_600_000;

/** Runs one seeded history to its end and checks every promise on the way. Throws with the history. */
export async function simulate(plan: SimulationPlan): Promise<SimulationReport> {
  const simulation = new Simulation(plan);
  try {
    return await simulation.run();
  } catch (error) {
    const { message, stack } = error as Error;
    const history = simulation.history.slice(-60).join("\n");
    const origin = error instanceof Violation ? message : stack;
    throw new Error(`seed ${plan.seed} ${simulation.title}: ${origin}\n${history}`, {
      cause: error,
    });
  }
}

class Simulation {
  readonly history: string[] = [];
  readonly title: string;
  readonly #plan: SimulationPlan;
  readonly #chance: Chance;
  readonly #scheduler: Scheduler;
  readonly #storage: SimStorage;
  readonly #outside = new Process("outside");
  readonly #table = new FaultTable();
  readonly #hooks: Hooks;
  readonly #instances: (Instance | null)[];
  readonly #world: SharedWorld;
  readonly #files = new Map<string, RandomFile>();
  readonly #losses = new Set<string>();
  #rates: FaultRates;
  #failure: unknown = null;
  #endsAt = Number.POSITIVE_INFINITY;
  #isHealed = false;
  #crashes = 0;
  #ids = 0;

  constructor(plan: SimulationPlan) {
    this.#plan = plan;
    this.#chance = chanceOf(plan.seed);
    this.#scheduler = new Scheduler(this.#chance);
    this.#rates = someRates(this.#chance);
    const isShared = plan.instances > 1;
    // The file system store belongs to one process.
    this.#storage = isShared || this.#chance.next() < 0.4 ? new BucketStorage() : new DiskStorage();
    this.#hooks = new Hooks(
      this.#scheduler,
      () => this.#rates,
      (violation) => this.#fail(violation),
    );
    const newId = () => this.#newId();
    const clock = this.#scheduler.clock(this.#outside, 0);
    const database = createMemoryDatabase({ clock, ids: { newId } });
    const quotaBytes = this.#chance.next() < 0.4 ? this.#chance.int(300_000, 1_500_000) : null;
    const uploads = withInvariants(database.uploads, {
      ...{ quotaBytes, ownerId: owner.id },
      fileOf: ({ filename }) => this.#files.get(filename),
      hasLost: (id) => this.#losses.has(id),
      missing: (upload, file) => this.#storage.missing(upload, file, this.#losses.has(upload.id)),
      report: (violation) => this.#fail(violation),
    });
    this.#world = {
      ...{ quotaBytes, newId, database: { ...database, uploads } },
      storeOf: (context) => this.#storage.open(context),
      profilesOf: (process) => this.#hooks.profilesOf(process),
      link: isShared ? new SimLink() : null,
      hasPeers: this.#chance.next() < 0.5,
      skewMs: isShared ? this.#chance.int(0, 2_000) : 0,
    };
    this.#instances = Array.from({ length: plan.instances }, () => null);
    this.title = `(${plan.instances} instances, ${plan.clients} clients, ${this.#storage.kind})`;
  }

  async run(): Promise<SimulationReport> {
    this.#instances.forEach((_, at) => {
      this.#start(at);
    });
    const clients = Array.from({ length: this.#plan.clients }, (_, at) => this.#client(at));
    let running = clients.length;
    const end = () => {
      running -= 1;
    };
    for (const client of clients) client.run().then(end, (error: unknown) => this.#fail(error));
    void this.#misfortune();
    const isDone = await this.#until(() => running === 0);
    if (!isDone) throw new Violation(`never finished: ${waiting(clients)}; ${this.#awaits()}`);
    this.#heal();
    this.#endsAt = Number.POSITIVE_INFINITY;
    await this.#judge(clients);
    const completed = clients.filter(({ isComplete }) => isComplete).length;
    return { steps: this.#scheduler.steps, crashes: this.#crashes, completed, table: this.#table };
  }

  async #until(isOver: () => boolean): Promise<boolean> {
    let isDone = false;
    const stop = () => {
      isDone = isOver();
      return isDone || this.#failure !== null || this.#scheduler.now > this.#endsAt;
    };
    await this.#scheduler.run(stop, MOST_STEPS);
    if (this.#failure !== null) throw this.#failure;
    return isDone;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** Power cuts and losses for a while, then the world heals: from there everything must succeed. */
  async #misfortune(): Promise<void> {
    const clock = this.#scheduler.clock(this.#outside, 0);
    const until = this.#scheduler.now + this.#chance.int(5_000, 300_000);
    const loses = this.#chance.next() < 0.4;
    while (this.#scheduler.now < until) {
      await clock.sleep(this.#chance.int(50, 30_000));
      if (this.#isHealed) return;
      const dice = this.#chance.next();
      if (loses && dice < 0.3) this.#lose();
      else if (dice < 0.5 && this.#storage.kind === "disk") this.#cutPower();
      else if (dice < 0.65) this.#crash(this.#someProcess());
      else if (dice < 0.8) this.#isolate(this.#someProcess());
      else this.#pause(this.#someProcess());
    }
    this.#heal();
    this.#endsAt = this.#scheduler.now + PATIENCE_MS;
  }

  #heal(): void {
    this.#isHealed = true;
    this.#rates = noFaults;
    this.#note("no more faults");
  }

  async #judge(clients: readonly SimClient[]): Promise<void> {
    const judge = new Judge({
      ...{ storage: this.#storage, database: this.#world.database, hooks: this.#hooks },
      clock: this.#scheduler.clock(this.#outside, 0),
      instance: () => this.#someInstance(),
      hasLost: (id) => this.#losses.has(id),
    });
    let isJudged = false;
    judge.judge(clients).then(
      () => {
        isJudged = true;
      },
      (error: unknown) => this.#fail(error),
    );
    if (!(await this.#until(() => isJudged))) throw new Violation("the last checks never end");
  }

  #client(at: number): SimClient {
    const size = this.#chance.int(1, this.#chance.next() < 0.5 ? 100_000 : 500_000);
    const network = new Network({
      ...{ scheduler: this.#scheduler, outside: this.#outside, table: this.#table },
      rates: () => this.#rates,
      instance: () => this.#someInstance(),
      note: (text: string) => this.#note(text),
    });
    const kind = clientKinds[at % clientKinds.length] ?? "sequential";
    const file = { ...randomFile(size, 1 + (at % 4)), name: `${kind}-${at}.bin` };
    this.#files.set(file.name, file);
    const hasLost = (id: string) => this.#losses.has(id);
    return new SimClient(network, { file, kind, owner, hasLost });
  }

  #someInstance(): Instance | null {
    const alive = this.#instances.filter((instance) => instance !== null);
    return alive[this.#chance.int(0, alive.length - 1)] ?? null;
  }

  #someProcess(): Process | null {
    return this.#someInstance()?.process ?? null;
  }

  #start(at: number): void {
    const process = new Process(`instance ${at}`);
    const context: FaultContext = {
      ...{ scheduler: this.#scheduler, process, table: this.#table, rates: () => this.#rates },
      crash: (dying) => this.#crash(dying),
      pause: (pausing) => this.#pause(pausing),
    };
    this.#instances[at] = startInstance(this.#world, context);
    this.#note(`instance ${at} starts`);
  }

  #crash(process: Process | null): void {
    const at = this.#instances.findIndex((instance) => instance?.process === process);
    if (process === null || at < 0) return;
    this.#countAtAwaits("crash", process);
    process.kill();
    this.#instances[at] = null;
    this.#crashes += 1;
    this.#note(`${process.name} crashes`);
    void this.#scheduler.step(this.#outside, 5_000).then(() => this.#start(at));
  }

  #pause(process: Process | null): void {
    if (process === null) return;
    const ms = this.#chance.int(100, this.#chance.next() < 0.5 ? 5_000 : 70_000);
    process.pausedUntil = this.#scheduler.now + ms;
    process.wasPausedAt = this.#scheduler.now;
    this.#countAtAwaits(ms > 10_000 ? "lease runs out" : "pause", process);
    this.#note(`${process.name} pauses for ${ms} ms`);
  }

  #isolate(process: Process | null): void {
    if (process === null) return;
    const ms = this.#chance.int(1_000, 30_000);
    process.isolatedUntil = this.#scheduler.now + ms;
    process.wasPausedAt = this.#scheduler.now;
    this.#note(`${process.name} cannot reach the database for ${ms} ms`);
  }

  #cutPower(): void {
    const process = this.#someProcess();
    if (process !== null) this.#countAtAwaits("power cut", process);
    this.#crash(process);
    this.#storage.cutPower(this.#chance);
    this.#note("the power is cut");
  }

  #lose(): void {
    const id = this.#storage.lose(this.#chance);
    if (id === null) return;
    this.#losses.add(id);
    for (const instance of this.#instances)
      if (instance !== null) this.#countAtAwaits("bytes lost", instance.process);
    this.#note(`the store loses bytes of ${id}`);
  }

  #countAtAwaits(fault: string, { waits }: Process): void {
    for (const label of waits) this.#table.count(fault, label);
  }

  /** What the instances wait for. */
  #awaits(): string {
    const alive = this.#instances.filter((instance) => instance !== null);
    return alive.map(({ process: { name, waits } }) => `${name}: ${[...waits]}`).join("; ");
  }

  #newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, "0")}`;
  }

  #note(text: string): void {
    this.history.push(`${new Date(this.#scheduler.now).toISOString().slice(11)} ${text}`);
  }
}

function waiting(clients: readonly SimClient[]): string {
  const left = clients.filter(({ hasEnded, isComplete }) => !hasEnded && !isComplete);
  return left.map(({ kind, id }) => `${kind} ${id}`).join(", ");
}

const owner = {
  ...{ kind: "user", id: "alice", email: "alice@example.com", role: "user", via: "session" },
} as const satisfies Principal;

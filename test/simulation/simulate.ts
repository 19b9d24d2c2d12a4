import { createMemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import type { Principal } from "../../src/core/principal.ts";
import { defineProfiles, profile } from "../../src/core/profiles.ts";
import { type Chance, chance as chanceOf, randomFile } from "../support/random-file.ts";
import { type FaultRates, noFaults } from "./faults.ts";
import { type Instance, type SharedWorld, startInstance } from "./instance.ts";
import { Process, Scheduler } from "./scheduler.ts";
import { type ClientKind, SimClient, Violation } from "./sim-client.ts";
import { SimDisk } from "./sim-store.ts";

export interface SimulationPlan {
  readonly seed: number;
  readonly instances: number;
  readonly clients: number;
}

export interface SimulationReport {
  readonly steps: number;
  readonly crashes: number;
  readonly completed: number;
}

const kinds: readonly ClientKind[] = ["sequential", "parallel", "tus", "deleting"];
const MOST_STEPS = 2_000_000;

/** Runs one seeded history to its end and checks every promise on the way. Throws with the history. */
export async function simulate(plan: SimulationPlan): Promise<SimulationReport> {
  const simulation = new Simulation(plan);
  try {
    return await simulation.run();
  } catch (error) {
    const { message } = error as Error;
    const history = simulation.history.slice(-40).join("\n");
    throw new Error(`seed ${plan.seed}: ${message}\n${history}`, { cause: error });
  }
}

class Simulation {
  readonly history: string[] = [];
  readonly #plan: SimulationPlan;
  readonly #chance: Chance;
  readonly #scheduler: Scheduler;
  readonly #disk = new SimDisk();
  readonly #outside = new Process("outside");
  readonly #delivered = new Map<string, number>();
  readonly #instances: (Instance | null)[];
  readonly #world: SharedWorld;
  #rates: FaultRates;
  #crashes = 0;
  #ids = 0;

  constructor(plan: SimulationPlan) {
    this.#plan = plan;
    this.#chance = chanceOf(plan.seed);
    this.#scheduler = new Scheduler(this.#chance);
    this.#rates = someRates(this.#chance);
    const newId = () => this.#newId();
    const clock = this.#scheduler.clock(this.#outside, 0);
    this.#world = {
      scheduler: this.#scheduler,
      database: createMemoryDatabase({ clock, ids: { newId } }),
      disk: this.#disk,
      profiles: this.#profiles(),
      quotaBytes: this.#chance.next() < 0.3 ? 1_500_000 : null,
      rates: () => this.#rates,
      newId,
      isShared: plan.instances > 1,
    };
    this.#instances = Array.from({ length: plan.instances }, () => null);
  }

  async run(): Promise<SimulationReport> {
    this.#instances.forEach((_, at) => {
      this.#start(at);
    });
    const clients = Array.from({ length: this.#plan.clients }, (_, at) => this.#client(at));
    let failure: unknown = null;
    let running = clients.length;
    for (const client of clients) {
      client.run().then(
        () => {
          running -= 1;
        },
        (error: unknown) => {
          failure ??= error;
        },
      );
    }
    void this.#misfortune();
    const isOver = () => failure !== null || running === 0;
    const isDone = await this.#scheduler.run(isOver, MOST_STEPS);
    if (failure !== null) throw failure;
    if (!isDone) throw new Violation(`${running} clients never finish`);
    await this.#judge(clients);
    const completed = clients.filter(({ isComplete }) => isComplete).length;
    return { steps: this.#scheduler.steps, crashes: this.#crashes, completed };
  }

  /** Crashes and power cuts for a while, then the world heals: from there everything must succeed. */
  async #misfortune(): Promise<void> {
    const clock = this.#scheduler.clock(this.#outside, 0);
    const until = this.#scheduler.now + this.#chance.int(5_000, 300_000);
    while (this.#scheduler.now < until) {
      await clock.sleep(this.#chance.int(50, 30_000));
      const at = this.#chance.int(0, this.#instances.length - 1);
      if (this.#chance.next() < 0.4) {
        this.#pause(at);
        continue;
      }
      this.#crash(at);
      if (this.#instances.length === 1 && this.#chance.next() < 0.5) {
        this.#disk.cutPower(this.#chance);
        this.#note("the power is cut");
      }
      await clock.sleep(this.#chance.int(1, 5_000));
      this.#instances.forEach((instance, at) => {
        if (instance === null) this.#start(at);
      });
    }
    this.#rates = noFaults;
    this.#note("no more faults");
  }

  async #judge(clients: readonly SimClient[]): Promise<void> {
    this.#rates = noFaults;
    let isJudged = false;
    let failure: unknown = null;
    const wait = this.#scheduler.clock(this.#outside, 0).sleep(3 * 3_600_000);
    const work = wait.then(async () => {
      for (const client of clients) await this.#judgeOne(client);
      await this.#judgeDisk();
    });
    work.then(
      () => {
        isJudged = true;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    const isDone = await this.#scheduler.run(() => isJudged || failure !== null, MOST_STEPS);
    if (failure !== null) throw failure;
    if (!isDone) throw new Violation("the last checks never end");
  }

  async #judgeOne(client: SimClient): Promise<void> {
    if (client.isDeleted || client.isRefused) return;
    const upload = await client.status();
    if (upload.state !== "complete" || !upload.finished) {
      throw new Violation(`${upload.id} is ${upload.state}, finished: ${upload.finished}`);
    }
    const file = this.#disk.files.get(upload.storageKey);
    const held = file === undefined ? null : this.#disk.contents(file);
    if (
      held === null ||
      !held.subarray(0, client.file.size).equals(client.file.slice(0, client.file.size))
    )
      throw new Violation(`${upload.id} has wrong bytes`);
    if (!this.#delivered.has(upload.id)) throw new Violation(`${upload.id} was not delivered`);
    if (upload.completion !== "done" || upload.result === null)
      throw new Violation(`${upload.id} stays ${upload.completion} after a delivery`);
  }

  /** After expiry and a sweep, only files of complete uploads are left. */
  async #judgeDisk(): Promise<void> {
    await this.#scheduler.clock(this.#outside, 0).sleep(26 * 3_600_000);
    const instance = this.#instances.find((one) => one !== null);
    if (!instance) throw new Violation("no instance runs");
    await instance.core.administration.sweep({ orphans: true });
    for (const [key, file] of this.#disk.files) {
      const upload = await this.#world.database.uploads.find(key.slice("disk/".length));
      if (upload?.state !== "complete" || !file.finished)
        throw new Violation(`${key} belongs to nobody`);
    }
    if (this.#world.quotaBytes === null) return;
    const used = await this.#world.database.uploads.usage(owner.id);
    if (used > this.#world.quotaBytes) throw new Violation(`${used} bytes exceed the quota`);
  }

  #client(at: number): SimClient {
    const size = this.#chance.next() < 0.2 ? 5_000_000 : this.#chance.int(1, 900_000);
    const network = {
      scheduler: this.#scheduler,
      process: this.#outside,
      rates: () => this.#rates,
      instance: () => this.#someInstance(),
      note: (text: string) => this.#note(text),
    };
    const kind = kinds[at % kinds.length] ?? "sequential";
    return new SimClient(network, { file: randomFile(size, 1 + (at % 4)), kind, owner });
  }

  #someInstance(): Instance | null {
    const alive = this.#instances.filter((instance) => instance !== null);
    return alive[this.#chance.int(0, alive.length - 1)] ?? null;
  }

  #start(at: number): void {
    this.#instances[at] = startInstance(this.#world, `instance ${at}`);
    this.#note(`instance ${at} starts`);
  }

  #crash(at: number): void {
    this.#instances[at]?.process.kill();
    this.#instances[at] = null;
    this.#crashes += 1;
    this.#note(`instance ${at} crashes`);
  }

  #pause(at: number): void {
    const instance = this.#instances[at];
    if (!instance) return;
    const ms = this.#chance.int(100, 40_000);
    instance.process.pausedUntil = this.#scheduler.now + ms;
    this.#note(`instance ${at} stands still for ${ms} ms`);
  }

  #profiles() {
    const onComplete = async ({ upload }: { upload: { id: string } }) => {
      await this.#scheduler.step(this.#outside, 2_000);
      if (this.#chance.next() < this.#rates.store) throw new Error("simulated: onComplete");
      this.#delivered.set(upload.id, (this.#delivered.get(upload.id) ?? 0) + 1);
      return { seen: upload.id };
    };
    return defineProfiles({ default: profile({ onComplete }) });
  }

  #newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, "0")}`;
  }

  #note(text: string): void {
    this.history.push(`${new Date(this.#scheduler.now).toISOString().slice(11)} ${text}`);
  }
}

const owner = {
  ...{ kind: "user", id: "alice", email: "alice@example.com", role: "user", via: "session" },
} as const satisfies Principal;

/** A mood of the world: every fault between never and often. */
function someRates(chance: Chance): FaultRates {
  const rate = (most: number) => (chance.next() < 0.5 ? 0 : chance.next() * most);
  return {
    databaseBefore: rate(0.1),
    databaseAfter: rate(0.1),
    store: rate(0.1),
    requestLost: rate(0.2),
    responseLost: rate(0.2),
    abandoned: rate(0.2),
    bodyCut: rate(0.1),
    bodyStall: rate(0.02),
  };
}

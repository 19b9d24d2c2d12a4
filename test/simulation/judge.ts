import type { MemoryDatabase } from "../../src/adapters/memory/memory-database.ts";
import type { Clock } from "../../src/core/ports/system.ts";
import type { Hooks } from "./hooks.ts";
import { EXPIRATION_MS, type Instance } from "./instance.ts";
import { Violation } from "./invariants.ts";
import type { SimClient } from "./sim-client.ts";
import type { SimStorage } from "./sim-storage.ts";

/** What is delivered by a retry may take so long. Milliseconds. */
const SETTLING_MS = 3 * 3_600_000;

/** Looks at the world after the last fault, when everything has had time to come to its end. */
export class Judge {
  readonly #means: {
    readonly storage: SimStorage;
    readonly database: MemoryDatabase;
    readonly hooks: Hooks;
    readonly clock: Clock;
    readonly instance: () => Instance | null;
    readonly hasLost: (id: string) => boolean;
  };

  constructor(means: {
    storage: SimStorage;
    database: MemoryDatabase;
    hooks: Hooks;
    clock: Clock;
    instance: () => Instance | null;
    hasLost: (id: string) => boolean;
  }) {
    this.#means = means;
  }

  async judge(clients: readonly SimClient[]): Promise<void> {
    await this.#means.clock.sleep(SETTLING_MS);
    for (const client of clients) if (!client.hasEnded) await this.#judgeFile(client);
    await this.#judgeLeftovers();
  }

  async #judgeFile(client: SimClient): Promise<void> {
    const upload = await client.status();
    if (upload.state !== "complete" || !upload.finished)
      throw new Violation(`${upload.id} is ${upload.state}, finished: ${upload.finished}`);
    const held = this.#means.storage.finished(upload.storageKey);
    const { file } = client;
    if (held === null || !held.equals(file.slice(0, file.size)))
      throw new Violation(`${upload.id} has wrong bytes`);
    if (!this.#means.hooks.delivered.has(upload.id))
      throw new Violation(`${upload.id} was not delivered`);
    if (upload.completion !== "done" || upload.result === null)
      throw new Violation(`${upload.id} stays ${upload.completion} after a delivery`);
  }

  /** After expiry and a sweep, only files of complete uploads are left. */
  async #judgeLeftovers(): Promise<void> {
    const { clock, instance, storage, database, hasLost } = this.#means;
    await clock.sleep(EXPIRATION_MS + 2 * 3_600_000);
    await instance()?.core.administration.sweep({ orphans: true });
    for (const { key, uploadId, isFinished } of storage.keys()) {
      const upload = await database.uploads.find(uploadId);
      if (upload?.state !== "complete" || !upload.finished || !isFinished)
        throw new Violation(`${key} belongs to nobody (record: ${upload?.state ?? "none"})`);
    }
    const unsettled = await database.uploads.unsettled({ limit: 100 });
    const stuck = unsettled.find(({ id }) => !hasLost(id));
    if (stuck !== undefined) throw new Violation(`${stuck.id} is never settled`);
  }
}

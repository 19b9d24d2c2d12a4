import type { KeyedMutex } from "../../src/core/ports/keyed-mutex.ts";
import type { Peers } from "../../src/core/ports/peers.ts";
import { type FaultContext, pass } from "./faults.ts";
import type { Process } from "./scheduler.ts";

type Respond = Parameters<Peers["answer"]>[0];

/** What the instances say to each other, and what they do one after the other: lost with a process. */
export class SimLink {
  readonly #members = new Map<Process, Respond>();
  readonly #holders = new Map<string, Process>();

  peers(context: FaultContext): Peers {
    return {
      ask: async (ask, { epochs, ms }) => {
        await this.#askOthers(context, ask, { epochs, ms }).catch(() => {});
      },
      answer: (respond) => {
        this.#members.set(context.process, respond);
      },
    };
  }

  async #askOthers(
    context: FaultContext,
    ask: Parameters<Respond>[0],
    { epochs, ms }: { epochs: readonly number[]; ms: number },
  ): Promise<void> {
    const open = new Set(epochs);
    const others = [...this.#members].filter(([process]) => process !== context.process);
    const asked = others.map(async ([process, respond]) => {
      await pass({ ...context, process }, "peers.answer", "askLost");
      for (const epoch of await respond(ask)) open.delete(epoch);
      await pass(context, "peers.ask", "askLost");
    });
    const { scheduler, process } = context;
    const all = Promise.allSettled(asked);
    await Promise.race([all, scheduler.clock(process, 0).sleep(ms)]);
  }

  /** As advisory locks of the database: a lock ends with the process that holds it. */
  mutex(context: FaultContext): KeyedMutex {
    return {
      runExclusive: async (key, work) => {
        for (;;) {
          await pass(context, "mutex.runExclusive", "databaseBefore");
          const holder = this.#holders.get(key);
          if (holder === undefined || !holder.isAlive) break;
        }
        this.#holders.set(key, context.process);
        try {
          return await work();
        } finally {
          if (this.#holders.get(key) === context.process) this.#holders.delete(key);
        }
      },
    };
  }
}

import { UploadError } from "../../src/core/errors.ts";
import type { FaultTable } from "./fault-table.ts";
import type { Process, Scheduler } from "./scheduler.ts";

/** How often each fault strikes, from 0 (never) to 1 (always). All are 0 once the world has healed. */
export interface FaultRates {
  /** A call of the database fails and has no effect. */
  databaseBefore: number;
  /** A call of the database fails although it had its effect. */
  databaseAfter: number;
  /** As the two above, for the store. */
  storeBefore: number;
  storeAfter: number;
  /** A process crashes at an await. */
  crash: number;
  /** A process pauses at an await, often for longer than its leases. */
  pause: number;
  /** A request to the store takes longer than a lease. */
  stall: number;
  /** A request does not reach the server. */
  requestLost: number;
  /** A response does not reach the client. */
  responseLost: number;
  /** A request arrives a second time, later. */
  requestDoubled: number;
  /** The client gives up on a request that the server goes on with, its body included. */
  abandoned: number;
  /** A body breaks off between two of its pieces. */
  bodyCut: number;
  /** A body pauses for longer than the idle time-out. */
  bodyStall: number;
  /** A body arrives with wrong bytes, and its digest says so. */
  bodyCorrupt: number;
  /** An instance does not receive what another one asks. */
  askLost: number;
}

export const noFaults: FaultRates = {
  ...{
    databaseBefore: 0,
    databaseAfter: 0,
    storeBefore: 0,
    storeAfter: 0,
    stall: 0,
    crash: 0,
    pause: 0,
  },
  ...{ requestLost: 0, responseLost: 0, requestDoubled: 0, abandoned: 0 },
  ...{ bodyCut: 0, bodyStall: 0, bodyCorrupt: 0, askLost: 0 },
};

export interface FaultContext {
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly rates: () => FaultRates;
  readonly table: FaultTable;
  readonly crash: (process: Process) => void;
  readonly pause: (process: Process) => void;
}

/** The port with an await and perhaps a fault before and after each of its asynchronous methods. */
export function withDatabaseFaults<Port extends object>(
  name: string,
  port: Port,
  context: FaultContext,
): Port {
  return new Proxy(port, {
    get(target, key, receiver) {
      const method: unknown = Reflect.get(target, key, receiver);
      if (typeof method !== "function") return method;
      const label = `${name}.${String(key)}`;
      return async (...args: unknown[]) => {
        await pass(context, label, "databaseBefore");
        const result: unknown = await method.apply(target, args);
        await pass(context, label, "databaseAfter");
        return result;
      };
    },
  });
}

/** Waits a moment at the await `label`; a crash, a pause or UNAVAILABLE may happen there. */
export async function pass(
  context: FaultContext,
  label: string,
  fault: keyof FaultRates,
): Promise<void> {
  const { scheduler, process, table } = context;
  process.waits.add(label);
  await scheduler.step(process);
  if (strikes(context, "crash")) {
    context.crash(process);
    return new Promise(() => {});
  }
  if (strikes(context, "pause")) {
    context.pause(process);
    await scheduler.step(process, 1);
  }
  if (fault.startsWith("store") && strikes(context, "stall")) {
    table.count("stall", label);
    await scheduler.step(process, 40_000);
  }
  process.waits.delete(label);
  const isIsolated = fault.startsWith("database") && process.isolatedUntil > scheduler.now;
  if (!isIsolated && !strikes(context, fault)) return;
  table.count(isIsolated ? "isolated" : fault, label);
  throw new UploadError("UNAVAILABLE", { message: `simulated: ${fault}`, retryAfterMs: 100 });
}

function strikes({ scheduler, rates }: FaultContext, fault: keyof FaultRates): boolean {
  return scheduler.chance.next() < rates()[fault];
}

import { UploadError } from "../../src/core/errors.ts";
import type { Process, Scheduler } from "./scheduler.ts";

/** How often each fault strikes, from 0 (never) to 1 (always). All are 0 while the world heals. */
export interface FaultRates {
  /** A database call fails and had no effect. */
  databaseBefore: number;
  /** A database call fails although it had its effect. */
  databaseAfter: number;
  /** A flush or write of the store fails. */
  store: number;
  /** A request does not reach the server. */
  requestLost: number;
  /** A response does not reach the client. */
  responseLost: number;
  /** The client gives up on a request that the server goes on with, its body included. */
  abandoned: number;
  /** A body breaks off between two of its pieces. */
  bodyCut: number;
  /** A body pauses for longer than the idle time-out. */
  bodyStall: number;
}

export const noFaults: FaultRates = {
  databaseBefore: 0,
  databaseAfter: 0,
  store: 0,
  requestLost: 0,
  responseLost: 0,
  abandoned: 0,
  bodyCut: 0,
  bodyStall: 0,
};

export interface FaultContext {
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly rates: () => FaultRates;
}

/** The port with a wait and perhaps a fault before and after each of its asynchronous methods. */
export function withDatabaseFaults<Port extends object>(port: Port, context: FaultContext): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        await pass(context, "databaseBefore");
        const result: unknown = await method.apply(target, args);
        await pass(context, "databaseAfter");
        return result;
      };
    },
  });
}

/** Waits a moment, then fails with UNAVAILABLE as often as `fault` says. */
export async function pass(context: FaultContext, fault: keyof FaultRates): Promise<void> {
  await context.scheduler.step(context.process);
  if (context.scheduler.chance.next() >= context.rates()[fault]) return;
  throw new UploadError("UNAVAILABLE", { message: `simulated: ${fault}`, retryAfterMs: 100 });
}

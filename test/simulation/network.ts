import { isUploadError, type UploadError } from "../../src/core/errors.ts";
import type { UploadService } from "../../src/core/upload-service.ts";
import type { FaultTable } from "./fault-table.ts";
import type { FaultRates } from "./faults.ts";
import type { Instance } from "./instance.ts";
import { Violation } from "./invariants.ts";
import type { Process, Scheduler } from "./scheduler.ts";

/** No client waits longer than this for a response. Virtual milliseconds. */
const PATIENCE_MS = 60_000;

export class ConnectionLost extends Error {}

/** What clients send their requests over: requests, responses and instances may be lost. */
export class Network {
  readonly scheduler: Scheduler;
  readonly #outside: Process;
  readonly #rates: () => FaultRates;
  readonly #instance: () => Instance | null;
  readonly #table: FaultTable;
  readonly note: (text: string) => void;

  constructor(means: {
    scheduler: Scheduler;
    outside: Process;
    rates: () => FaultRates;
    /** An instance that accepts connections; null while none does. */
    instance: () => Instance | null;
    table: FaultTable;
    note: (text: string) => void;
  }) {
    this.scheduler = means.scheduler;
    this.#outside = means.outside;
    this.#rates = means.rates;
    this.#instance = means.instance;
    this.#table = means.table;
    this.note = means.note;
  }

  /** True, and counted, as often as `fault` strikes. */
  strikes(fault: keyof FaultRates, label: string): boolean {
    if (this.scheduler.chance.next() >= this.#rates()[fault]) return false;
    this.#table.count(fault, `client ${label}`);
    return true;
  }

  wait(most: number): Promise<void> {
    return this.scheduler.step(this.#outside, most);
  }

  /** One request. Rejects with what the server throws, or with `ConnectionLost`. */
  async call<T>(label: string, ask: (service: UploadService) => Promise<T>): Promise<T> {
    await this.wait(20);
    const instance = this.#instance();
    if (instance === null || this.strikes("requestLost", label)) throw new ConnectionLost();
    if (this.strikes("requestDoubled", label)) void this.#again(ask);
    const died = instance.process.died.then(() => {
      throw new ConnectionLost();
    });
    const where = `${label} at ${instance.process.name}`;
    const result = await Promise.race([ask(instance.core.service), died, this.#giveUp(where)]);
    await this.wait(20);
    if (this.strikes("responseLost", label)) throw new ConnectionLost();
    return result;
  }

  /** The same request, later and perhaps elsewhere, as a proxy may repeat it. Nobody reads the response. */
  async #again<T>(ask: (service: UploadService) => Promise<T>): Promise<void> {
    await this.wait(20_000);
    await Promise.resolve(this.#instance())
      .then((instance) => instance && ask(instance.core.service))
      .catch(() => {});
  }

  /** Rejects after a while, now and then soon; the request goes on without its client. */
  async #giveUp(where: string): Promise<never> {
    const label = where.split(" ", 1)[0] ?? "";
    await this.wait(this.strikes("abandoned", label) ? 3_000 : PATIENCE_MS);
    throw new ConnectionLost(where);
  }

  /** Waits before the next try; throws what no try will change. */
  async pause(error: unknown, who: string | null): Promise<void> {
    if (error instanceof Violation) throw error;
    if (!(error instanceof ConnectionLost) && !isAbort(error) && !isRetried(error)) throw error;
    this.note(`${who} retries after ${describe(error)}`);
    await this.wait(2_000);
  }
}

/** What a request rejects with whose own client has gone: nobody reads it. */
function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

const retried = [
  ...["BUSY", "UNAVAILABLE", "OFFSET_MISMATCH", "INCOMPLETE", "CHUNK_CHECKSUM_MISMATCH"],
  ...["ALREADY_COMPLETE", "BAD_CONTENT_RANGE"],
];

function isRetried(error: unknown): error is UploadError {
  return isUploadError(error) && retried.includes(error.code);
}

function describe(error: unknown): string {
  return isUploadError(error)
    ? `${error.code} (${error.message})`
    : `ConnectionLost ${(error as Error).message}`;
}

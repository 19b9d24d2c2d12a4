import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { Logger } from "../core/ports/system.ts";
import { readRequestId } from "../doors/http/request-id.ts";

const key = Symbol.for("trpc-chunked-upload.request");
type Scope = AsyncLocalStorage<{ readonly requestId: string }>;

/** Next keeps several copies of a module in one process: all of them use this one scope. */
const home: typeof globalThis & { [key]?: Scope } = globalThis;
home[key] ??= new AsyncLocalStorage();
const scope: Scope = home[key];

/**
 * Runs `work` as part of a request: every line that it logs through `withRequestId` carries the
 * request's id. `given` is the id that the client sent; when it is not well-formed a new UUID takes
 * its place. Inside a request that has an id already, that id stays.
 */
export function inRequest<T>(given: string | null | undefined, work: () => T): T {
  if (scope.getStore() !== undefined) return work();
  return scope.run({ requestId: readRequestId(given) ?? randomUUID() }, work);
}

/** The same log; each line that is written while a request is served carries its `requestId`. */
export function withRequestId(log: Logger): Logger {
  const located = (facts: object) => ({ ...facts, ...scope.getStore() });
  return {
    debug: (facts, message) => log.debug(located(facts), message),
    info: (facts, message) => log.info(located(facts), message),
    warn: (facts, message) => log.warn(located(facts), message),
    error: (facts, message) => log.error(located(facts), message),
  };
}

import { UploadError } from "../core/errors.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";

/** Methods that change nothing. Every other method is held back while the database is not ours. */
const reads =
  /^(find|list|count|due$|expired$|unsettled$|readyToComplete$|completed$|resumable$|existing$|usage$|stats$|without|anyAlive$|alive$|olderAlive$|adminExists$|read$)/;
const storeWrites = ["open", "cutBeyond", "finish", "remove", "removeObject", "probe"] as const;

/**
 * The same repositories. Their changes throw UNAVAILABLE while `isHeld` returns false. A change in progress
 * is not interrupted. Members that are not objects with methods are returned unchanged.
 */
export function gateRecords<D extends object>(database: D, isHeld: () => boolean): D {
  const gated = Object.entries(database).map(([name, part]: [string, unknown]) => [
    name,
    typeof part === "object" && part !== null ? gateRepository(part, isHeld) : part,
  ]);
  return Object.fromEntries(gated) as D;
}

/** The same store; it opens no writer and removes nothing while `isHeld` returns false. */
export function gateStore(store: ChunkStore, isHeld: () => boolean): ChunkStore {
  const gated = storeWrites.map((name) => [name, gateMethod(store[name], isHeld)]);
  return { ...store, ...Object.fromEntries(gated) };
}

function gateRepository(repository: object, isHeld: () => boolean): object {
  const methods = Object.entries(repository).map(([name, method]: [string, unknown]) => [
    name,
    typeof method === "function" && !reads.test(name) ? gateMethod(method, isHeld) : method,
  ]);
  return Object.fromEntries(methods);
}

function gateMethod(method: unknown, isHeld: () => boolean) {
  return async (...args: unknown[]): Promise<unknown> => {
    if (!isHeld()) throw notHeld();
    return (method as (...args: unknown[]) => unknown)(...args);
  };
}

function notHeld(): UploadError {
  return new UploadError("UNAVAILABLE", {
    message: "The server does not hold its database at the moment; try again.",
    retryAfterMs: 1_000,
  });
}

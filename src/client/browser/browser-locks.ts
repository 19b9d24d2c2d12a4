import { UploadFailure } from "../failure.ts";
import type { Locks, Release } from "../runtime.ts";

/**
 * Web Locks, shared by all tabs of the origin and released when a tab is closed. They need https (or
 * localhost) and an origin, which a sandboxed frame lacks. Without them nothing is locked, and the
 * server keeps uploads consistent.
 */
export function browserLocks(): Locks {
  const manager: LockManager | undefined = globalThis.navigator?.locks;
  return manager === undefined ? noLocks : webLocks(manager);
}

function webLocks(manager: LockManager): Locks {
  return {
    tryHold: (name) =>
      new Promise((resolve) => {
        manager
          .request(scoped(name), { ifAvailable: true }, (lock) => {
            if (lock !== null) return heldUntilReleased(resolve);
            resolve(null);
            return undefined;
          })
          .catch(() => resolve(free));
      }),
    hold: (name, signal) =>
      new Promise((resolve, reject) => {
        manager
          .request(scoped(name), { signal }, () => heldUntilReleased(resolve))
          .catch((cause: unknown) => {
            if (signal.aborted) reject(new UploadFailure("ABORTED", { cause }));
            else resolve(free);
          });
      }),
  };
}

/** A lock is held until the promise that its callback returns is resolved. */
function heldUntilReleased(give: (release: Release) => void): Promise<void> {
  return new Promise((release) => give(() => release()));
}

function scoped(name: string): string {
  return `chunked-upload:${name}`;
}

const free: Release = () => undefined;
const noLocks: Locks = { tryHold: async () => free, hold: async () => free };

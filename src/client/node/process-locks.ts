import { orAborted } from "../or-aborted.ts";
import type { Locks, Release } from "../runtime.ts";

const held = new Map<string, Promise<void>>();

/**
 * Locks within this process. Without a shared directory, two processes may send the same file; on the
 * server the newer request then takes over.
 */
export const processLocks: Locks = {
  tryHold: async (name) => take(name),
  hold: async (name, signal) => {
    for (;;) {
      const release = take(name);
      if (release !== null) return release;
      await orAborted(held.get(name) ?? Promise.resolve(), signal);
    }
  },
};

function take(name: string): Release | null {
  if (held.has(name)) return null;
  let unlock: Release = () => undefined;
  held.set(
    name,
    new Promise((resolve) => {
      unlock = resolve;
    }),
  );
  return () => {
    held.delete(name);
    unlock();
  };
}

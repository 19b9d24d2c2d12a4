import { orAborted } from "../or-aborted.ts";
import type { Locks, Release } from "../runtime.ts";

const held = new Map<string, Promise<void>>();

/**
 * Locks within this process. Where processes share no memory of what is under way, they share no
 * locks either; two that send one file are told apart by the server: the newer request takes over.
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
  let free: Release = () => undefined;
  held.set(
    name,
    new Promise((resolve) => {
      free = resolve;
    }),
  );
  return () => {
    held.delete(name);
    free();
  };
}

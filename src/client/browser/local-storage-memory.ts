import type { ResumeMemory } from "../runtime.ts";

const PREFIX = "chunked-upload:";
/** The approximate limit of remembered uploads. It is enforced from time to time. */
const MAX_ENTRIES = 1_000;
const PRUNE_EVERY = 100;
/** An expiry that counts from the last chunk moves on after it was stored here. */
const GRACE_MS = 86_400_000;

/**
 * Keeps upload ids in `localStorage`, each with the time after which it is useless. If the storage is
 * full or not allowed, nothing is remembered. The server may still find an upload by name and size.
 */
export function localStorageMemory(): ResumeMemory {
  let remembered = 0;
  return {
    recall: async (fingerprint) => attempt(() => read(PREFIX + fingerprint)?.id) ?? null,
    remember: async (fingerprint, { id, expiresAt }) => {
      const keep = () => {
        localStorage.setItem(PREFIX + fingerprint, `${id} ${expiresAt.getTime() + GRACE_MS}`);
        return true;
      };
      if (remembered % PRUNE_EVERY === 0) attempt(() => prune(() => MAX_ENTRIES));
      remembered += 1;
      if (attempt(keep) !== true) {
        attempt(() => prune((count) => Math.floor(count / 2)));
        attempt(keep);
      }
    },
    forget: async (fingerprint) => {
      attempt(() => localStorage.removeItem(PREFIX + fingerprint));
    },
  };
}

/** `until`: milliseconds since 1970. */
function read(key: string): { id: string; until: number } | null {
  const value = localStorage.getItem(key);
  if (value === null) return null;
  const [id = "", until] = value.split(" ");
  return { id, until: Number(until ?? 0) };
}

/** Removes expired entries. Keeps at most `limit(count)` of the others: those that expire last. */
function prune(limit: (count: number) => number): void {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index));
  const entries = keys
    .filter((key) => key?.startsWith(PREFIX) === true)
    .map((key) => ({ key: String(key), until: read(String(key))?.until ?? 0 }))
    .sort((one, other) => other.until - one.until);
  const now = Date.now();
  for (const [index, { key, until }] of entries.entries()) {
    if (index >= limit(entries.length) || until < now) localStorage.removeItem(key);
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

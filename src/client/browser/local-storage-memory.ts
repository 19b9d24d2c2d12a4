import type { ResumeMemory } from "../runtime.ts";

const PREFIX = "chunked-upload:";
/** More unfinished uploads are not remembered (nearly: it is looked after now and then). */
const MOST = 1_000;
const LOOK_EVERY = 100;
/** An expiry that counts from the last chunk moves on after it was noted here. */
const GRACE_MS = 86_400_000;

/**
 * Keeps upload ids in `localStorage`, each with the time from which it is of no use. Where that is
 * full or forbidden, nothing is remembered: the server may still know an upload by name and size.
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
      if (remembered % LOOK_EVERY === 0) attempt(() => prune(() => MOST));
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

/** Removes what is of no use any more, and of the rest all but those that last longest, as many as `most` allows. */
function prune(most: (count: number) => number): void {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index));
  const entries = keys
    .filter((key) => key?.startsWith(PREFIX) === true)
    .map((key) => ({ key: String(key), until: read(String(key))?.until ?? 0 }))
    .sort((one, other) => other.until - one.until);
  const now = Date.now();
  for (const [index, { key, until }] of entries.entries()) {
    if (index >= most(entries.length) || until < now) localStorage.removeItem(key);
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

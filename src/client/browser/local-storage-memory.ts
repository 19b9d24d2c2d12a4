import type { ResumeMemory } from "../runtime.ts";

const PREFIX = "chunked-upload:";

/** Keeps upload ids in `localStorage`. Where that is full or forbidden, nothing is remembered. */
export const localStorageMemory: ResumeMemory = {
  recall: async (fingerprint) => attempt(() => localStorage.getItem(PREFIX + fingerprint)) ?? null,
  remember: async (fingerprint, uploadId) => {
    attempt(() => localStorage.setItem(PREFIX + fingerprint, uploadId));
  },
  forget: async (fingerprint) => {
    attempt(() => localStorage.removeItem(PREFIX + fingerprint));
  },
};

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

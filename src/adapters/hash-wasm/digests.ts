import { UploadError } from "../../core/errors.ts";
import type { DigestOutlook, Digests, RunningDigest } from "../../core/ports/digests.ts";
import { hasherFactories } from "../../digests/factories.ts";
import { acceptedNames, canonicalName, type DigestName } from "../../digests/names.ts";
import type { HashThreads } from "./hash-threads.ts";
import { unwrapState, wrapState } from "./saved-state.ts";
import { SharedHasher, type Tenant } from "./shared-hasher.ts";

function runningDigest(algorithm: string, hasher: SharedHasher, tenant: Tenant): RunningDigest {
  let released = false;
  const mustRun = () => {
    if (released) throw new Error("the digest was released");
  };
  return {
    update: (bytes) => {
      mustRun();
      hasher.update(tenant, bytes);
      return undefined;
    },
    save: async () => {
      mustRun();
      return wrapState(algorithm, hasher.save(tenant));
    },
    hex: async () => {
      mustRun();
      return hasher.hex(tenant);
    },
    release: () => {
      released = true;
      hasher.leave(tenant);
    },
  };
}

/** Hashing fewer bytes is faster on this thread than sending a message to another one. */
const WORTH_A_THREAD = 256 * 1024;

/**
 * Digests by hash-wasm, which can save and restore the state of a digest. Digests of many bytes run on
 * `threads`, if there are any.
 */
export function createDigests(threads: HashThreads | null = null): Digests {
  const hashers = new Map<DigestName, Promise<SharedHasher>>();

  function hasherOf(name: DigestName): Promise<SharedHasher> {
    const known = hashers.get(name);
    if (known !== undefined) return known;
    const made = hasherFactories[name]().then((hasher) => new SharedHasher(hasher));
    hashers.set(name, made);
    // Do not cache a failed start, for example for lack of memory.
    made.catch(() => hashers.delete(name));
    return made;
  }

  return {
    algorithms: acceptedNames,
    start: async (algorithm, outlook) => {
      const name = required(algorithm);
      if (threads !== null && isLong(outlook)) return threads.start(name, null);
      return runningDigest(name, await hasherOf(name), { parked: null });
    },
    resume: async (algorithm, state, outlook) => {
      const name = required(algorithm);
      const inner = unwrapState(name, state);
      if (inner === null) return null;
      const hasher = await hasherOf(name);
      const tenant = hasher.resume(inner);
      if (tenant === null) return null;
      if (threads === null || !isLong(outlook)) return runningDigest(name, hasher, tenant);
      // The state loads here, so it loads on the thread too.
      hasher.leave(tenant);
      return threads.start(name, inner);
    },
  };
}

function isLong(outlook: DigestOutlook | undefined): boolean {
  return outlook !== undefined && outlook.bytes >= WORTH_A_THREAD;
}

function required(algorithm: string): DigestName {
  const name = canonicalName(algorithm);
  if (name !== null) return name;
  throw new UploadError("INVALID_INPUT", {
    message: `Unknown checksum algorithm: ${algorithm}`,
    details: { field: "checksumAlgorithm" },
  });
}

import { hash, verify } from "@node-rs/argon2";
import type { Ids } from "../core/ports/system.ts";
import { createGate } from "./gate.ts";

export interface Passwords {
  /** The encoded hash to store. */
  hash(password: string): Promise<string>;
  /** False for a wrong password, and, after the same work, when there is no hash to compare with. */
  verify(encoded: string | null, password: string): Promise<boolean>;
}

/** OWASP's password storage cheat sheet: argon2id (the library's default) with 19 MiB, t=2, p=1. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes computed at the same time: each takes a thread of the pool that files are read and written by. */
const AT_ONCE = 2;

/** Passwords as argon2id hashes. `ids` generates a random password that is compared for unknown users. */
export function createPasswords(ids: Ids): Passwords {
  const gate = createGate(AT_ONCE);
  let dummy: Promise<string> | null = null;
  return {
    hash: (password) => gate(() => hash(normal(password), cost)),
    async verify(encoded, password) {
      dummy ??= hash(ids.newId(), cost);
      // Awaited in every case, so that the first unknown user takes no longer than a known one.
      const unknown = await dummy;
      const matches = await gate(() => verifyQuietly(encoded ?? unknown, normal(password)));
      return encoded !== null && matches;
    },
  };
}

async function verifyQuietly(encoded: string, password: string): Promise<boolean> {
  try {
    return await verify(encoded, password);
  } catch {
    // Not an argon2 hash: signing in with it is impossible.
    return false;
  }
}

/** The same characters typed on another keyboard are the same password (NIST SP 800-63B §5.1.1.2). */
function normal(password: string): string {
  return password.normalize("NFKC");
}

import { createMemoryFailureCounts } from "../../src/adapters/memory/memory-failure-counts.ts";
import { randomIds } from "../../src/adapters/node/ids.ts";
import type { AuthSettings } from "../../src/auth/auth-settings.ts";
import { type Auth, createAuth } from "../../src/auth/create-auth.ts";
import { ProcessMutex } from "../../src/core/process-mutex.ts";
import { withRequestId } from "../../src/server/request-scope.ts";
import { type FakeAccounts, fakeAccounts } from "./fake-accounts.ts";
import { ManualClock } from "./manual-clock.ts";

export const authSettings: AuthSettings = {
  secret: "a secret of this test, long enough",
  publicUrl: "http://localhost:3000",
  allowAnonymous: false,
  peersAreStamped: true,
  signup: "closed",
  loginRate: { points: 3, durationMs: 900_000 },
  adminEmail: null,
  adminPassword: null,
  github: null,
  google: null,
  oidc: null,
};

/** Identity over accounts in memory, at the real time unless a test moves it. */
export interface AuthBench extends FakeAccounts {
  readonly auth: Auth;
  readonly clock: ManualClock;
  readonly settings: AuthSettings;
  readonly logged: string[];
  /** The facts of the lines at `info`. */
  readonly audited: object[];
}

export function authBench(settings: Partial<AuthSettings> = {}): AuthBench {
  const accounts = fakeAccounts();
  const clock = new ManualClock(new Date().toISOString());
  const logged: string[] = [];
  const note = (_: object, message: string) => void logged.push(message);
  const audited: object[] = [];
  const keep = (facts: object) => void audited.push(facts);
  const log = withRequestId({ debug: note, info: keep, warn: note, error: note });
  const all = { ...authSettings, ...settings };
  const { users, tokens, sessions } = accounts;
  const records = { users, tokens, sessions };
  const failureCounts = createMemoryFailureCounts(clock);
  const tools = { mutex: new ProcessMutex(), failureCounts, clock, ids: randomIds, log };
  const auth = createAuth({ ...records, ...tools, settings: all });
  return { ...accounts, auth, clock, settings: all, logged, audited };
}

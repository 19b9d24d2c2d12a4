import { describe, expect, it } from "vitest";
import { endingSessions } from "../../../src/auth/ending-sessions.ts";
import { type AuthBench, authBench } from "../../support/auth-bench.ts";
import { NextAuthBrowser } from "../../support/next-auth-browser.ts";

const email = "ada@example.com";
const password = "correct horse battery";

async function signedIn(bench: AuthBench): Promise<NextAuthBrowser> {
  const browser = new NextAuthBrowser(bench.auth.nextAuthOptions, bench.settings.publicUrl);
  await browser.submit("callback/credentials", { email, password });
  return browser;
}

async function benchWithAda(): Promise<AuthBench> {
  const bench = authBench();
  await bench.auth.users.create({ email, password });
  return bench;
}

describe("signing out", () => {
  it("ends this session on the server, and no other", async () => {
    const bench = await benchWithAda();
    const [here, elsewhere] = [await signedIn(bench), await signedIn(bench)];
    const stolen = here.cookie;
    await here.submit("signout", {});
    expect(here.cookie).not.toContain("session-token");
    const authenticate = (cookie: string) =>
      bench.auth.authenticate({ authorization: null, cookie });
    expect(await authenticate(stolen)).toBeNull();
    expect(await authenticate(elsewhere.cookie)).not.toBeNull();
  });

  it("fails as a whole when the session cannot be ended", async () => {
    const failure = new Error("the database is away");
    const events = { signOut: () => Promise.reject(failure) };
    const options = { providers: [], events };
    const respond = async (own: typeof options) => {
      // As NextAuth does: what the event throws is lost.
      await Promise.resolve(own.events?.signOut?.()).catch(() => undefined);
      return new Response();
    };
    await expect(endingSessions(options, respond as never)).rejects.toBe(failure);
  });
});

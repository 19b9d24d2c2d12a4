import { describe, expect, it } from "vitest";
import { readGithubProfile } from "../../../src/auth/github-profile.ts";
import { createProviderSignIn } from "../../../src/auth/provider-sign-in.ts";
import { authBench } from "../../support/auth-bench.ts";
import { fakeAccounts } from "../../support/fake-accounts.ts";
import { NextAuthBrowser } from "../../support/next-auth-browser.ts";
import { type OidcIssuer, startOidcIssuer } from "../../support/oidc-issuer.ts";

const ada = {
  provider: "oidc",
  subject: "42",
  verifiedEmail: "Ada@Example.com",
  name: "Ada",
};

function bench(signup: "open" | "closed" = "closed") {
  const accounts = fakeAccounts();
  return { ...accounts, signIn: createProviderSignIn({ users: accounts.users, signup }) };
}

describe("signing in by a provider", () => {
  it("links a verified address to the user who has it, once", async () => {
    const { add, users, signIn } = bench();
    const user = add({ email: "ada@example.com" });
    expect(await signIn(ada)).toEqual(user);
    expect(await users.findByAccount("oidc", "42")).toEqual(user);
  });

  it("goes by the linked account afterwards, whatever the address is now", async () => {
    const { add, signIn } = bench();
    const user = add({ email: "ada@example.com" });
    add({ email: "bob@example.com" });
    await signIn(ada);
    for (const verifiedEmail of ["bob@example.com", null]) {
      expect(await signIn({ ...ada, verifiedEmail })).toEqual(user);
    }
  });

  it("never links by an address that is not verified, or is none", async () => {
    const { add, users, signIn } = bench("open");
    add({ email: "ada@example.com" });
    for (const verifiedEmail of [null, "", "ada", "ada@example.com@evil.example"]) {
      expect(await signIn({ ...ada, verifiedEmail })).toBe("EmailNotVerified");
    }
    expect(await users.list()).toHaveLength(1);
    expect(await users.findByAccount("oidc", "42")).toBeNull();
  });

  it("never takes an address that only looks like a user's for that user's", async () => {
    const { add, users, signIn } = bench("open");
    add({ email: "ken@example.com" });
    // KELVIN SIGN, and a letter of full width: other people's mailboxes at a server that tells them apart.
    for (const verifiedEmail of ["\u212Aen@example.com", "\uFF4Ben@example.com"]) {
      expect(await signIn({ ...ada, verifiedEmail })).toBe("EmailNotVerified");
    }
    expect(await users.findByAccount("oidc", "42")).toBeNull();
  });

  it("makes users only where sign-up is open, never administrators", async () => {
    expect(await bench("closed").signIn(ada)).toBe("SignupClosed");
    const { users, signIn } = bench("open");
    const made = await signIn(ada);
    expect(made).toMatchObject({ email: "ada@example.com", name: "Ada", role: "user" });
    expect(await signIn(ada)).toEqual(made);
    expect(await users.list()).toHaveLength(1);
    const odd = await signIn({ ...ada, subject: "43", verifiedEmail: "b@c.de", name: "\0" });
    expect(odd).toMatchObject({ name: null });
  });

  it("makes one user when two tabs come at once", async () => {
    const { users, signIn } = bench("open");
    const { findByEmail } = users;
    let first = true;
    users.findByEmail = async (email) => {
      if (!first) return findByEmail(email);
      first = false;
      await users.create({ email, name: null, role: "user", passwordHash: null });
      return null;
    };
    expect(await signIn(ada)).toMatchObject({ email: "ada@example.com" });
    expect(await users.list()).toHaveLength(1);
  });

  it("refuses a disabled user, linked or not, and links nothing", async () => {
    const { add, patch, users, signIn } = bench();
    const { id } = add({ email: "ada@example.com", disabled: true });
    expect(await signIn(ada)).toBe("AccountDisabled");
    expect(await users.findByAccount("oidc", "42")).toBeNull();
    patch(id, { disabled: false });
    await signIn(ada);
    patch(id, { disabled: true });
    expect(await signIn(ada)).toBe("AccountDisabled");
  });
});

describe("OpenID Connect", () => {
  async function visit(issuer: OidcIssuer, signup: "open" | "closed" = "closed") {
    const oidc = { clientId: "client", clientSecret: "secret", issuer: issuer.issuer };
    const accounts = authBench({ oidc, signup });
    const browser = new NextAuthBrowser(accounts.auth.nextAuthOptions);
    const come = async () => {
      const { json } = await browser.submit("signin/oidc", { callbackUrl: "/tokens" });
      return (await browser.get(issuer.visit(String(json.url)))).location;
    };
    const who = async () => {
      const { cookie } = browser;
      const found = await accounts.auth.authenticate({ authorization: null, cookie });
      return found?.principal;
    };
    return { ...accounts, come, who };
  }

  it("signs in the user of a verified address and goes on", async () => {
    await using issuer = await startOidcIssuer();
    const { add, come, who } = await visit(issuer);
    const user = add({ email: "ada@example.com", role: "admin" });
    issuer.person.idToken = { sub: "42", email: "ada@example.com", email_verified: true };
    expect(await come()).toBe("http://localhost:3000/tokens");
    expect(await who()).toMatchObject({ id: user.id, role: "admin", via: "session" });
  });

  it("requests user info if the ID token has no address", async () => {
    await using issuer = await startOidcIssuer();
    const { add, come, who } = await visit(issuer);
    const user = add({ email: "ada@example.com" });
    const info = { sub: "42", email: "ada@example.com", email_verified: true };
    issuer.person = { idToken: { sub: "42" }, userinfo: info };
    await come();
    expect(await who()).toMatchObject({ id: user.id });
  });

  it("rejects user info of another user", async () => {
    await using issuer = await startOidcIssuer();
    const { add, come, who } = await visit(issuer);
    add({ email: "ada@example.com" });
    const info = { sub: "43", email: "ada@example.com", email_verified: true };
    issuer.person = { idToken: { sub: "42" }, userinfo: info };
    expect(await come()).toContain("error=OAuthCallback");
    expect(await who()).toBeUndefined();
  });

  it("takes only the boolean true for verified", async () => {
    await using issuer = await startOidcIssuer();
    const { add, come, who } = await visit(issuer, "open");
    add({ email: "ada@example.com" });
    for (const verified of [false, undefined, "true", 1]) {
      const claims = { sub: "42", email: "ada@example.com", email_verified: verified };
      issuer.person.idToken = claims;
      expect(await come()).toBe("/sign-in?error=EmailNotVerified");
    }
    expect(await who()).toBeUndefined();
  });

  it("reports why the sign-in failed", async () => {
    await using issuer = await startOidcIssuer();
    const { add, come, users } = await visit(issuer);
    issuer.person.idToken = { sub: "42", email: "ada@example.com", email_verified: true };
    expect(await come()).toBe("/sign-in?error=SignupClosed");
    add({ email: "ada@example.com", disabled: true });
    expect(await come()).toBe("/sign-in?error=AccountDisabled");
    users.findByAccount = () => Promise.reject(new Error("secret detail"));
    expect(await come()).toBe("/sign-in?error=Unavailable");
  });
});

describe("providers", () => {
  it("are offered when their settings are given, in one order", () => {
    const client = { clientId: "id", clientSecret: "secret" };
    expect(authBench().auth.signInProviders).toEqual([]);
    const oidc = { ...client, issuer: "https://id.example.com/" };
    const { auth } = authBench({ github: client, google: client, oidc });
    expect(auth.signInProviders.map(({ id }) => id)).toEqual(["github", "google", "oidc"]);
  });
});

describe("a GitHub account", () => {
  const answer =
    (emails: unknown, account: unknown = { id: 7, login: "ada", email: "public@example.com" }) =>
    async (url: string | URL | Request): Promise<Response> =>
      Response.json(String(url).endsWith("/emails") ? emails : account);

  it("has the primary address that GitHub verified, never the profile's", async () => {
    const old = { email: "old@example.com", primary: false, verified: true };
    const main = { email: "ada@example.com", primary: true, verified: true };
    expect(await readGithubProfile("token", answer([old, main]))).toEqual({
      sub: "7",
      name: "ada",
      email: "ada@example.com",
      email_verified: true,
    });
    const unverified = [old, { ...main, verified: false }];
    for (const emails of [unverified, [], null, [null, 7]]) {
      expect(await readGithubProfile("token", answer(emails))).toEqual({ sub: "7", name: "ada" });
    }
  });

  it("is refused when GitHub does not answer as documented", async () => {
    const failing = async () => new Response("", { status: 403 });
    await expect(readGithubProfile("token", failing)).rejects.toThrow("403");
    await expect(readGithubProfile("token", answer([], { id: "7" }))).rejects.toThrow("id");
  });
});

import { createTickets } from "../../../src/auth/tickets.ts";
import { readOrCreateSecret } from "../../../src/server/secret.ts";
import type { BootedApp } from "../../support/boot-app.ts";
import { editRecords } from "../../support/edit-records.ts";

const firstVersions = { tokenVersion: 0, ticketVersion: 0 };

export type CallerHeaders = Readonly<Record<string, string>>;

const bearer = (token: string): CallerHeaders => ({ authorization: `Bearer ${token}` });

/** Headers of clients that must be refused, by name. */
export async function nobodies(
  app: BootedApp,
  uploadId: string,
): Promise<Map<string, CallerHeaders>> {
  const { tokens, users } = app.application.auth;
  const owner = await app.user();
  const session = { kind: "user", via: "session", ...owner } as const;
  const revoked = await tokens.create(session, { name: "revoked" });
  await tokens.revoke(session, revoked.id);
  const expired = await tokens.create(session, { name: "expired", expiresInDays: 1 });
  const yesterday = new Date(Date.now() - 86_400_000);
  await editRecords(app.dataDir, "ApiToken", { id: expired.id, set: { expiresAt: yesterday } });
  const locked = await app.createUser();
  const lockedToken = await app.token(locked);
  const lockedCookie = await app.sessionCookie(locked);
  await users.update({ id: locked.id, disabled: true });
  const changed = await app.createUser();
  const staleCookie = await app.sessionCookie(changed);
  await users.update({ id: changed.id, password: "another password of some length" });
  const ticket = await ticketFor(app, uploadId);
  const sameOrigin = { "sec-fetch-site": "same-origin" };
  return new Map<string, CallerHeaders>([
    ["no credential", {}],
    ["an unknown token", bearer(`up_${"x".repeat(43)}`)],
    ["no token at all", bearer("")],
    ["another scheme", { authorization: `Basic ${await app.token()}` }],
    ["a revoked token", bearer(revoked.token)],
    ["an expired token", bearer(expired.token)],
    [
      "a revoked token with the scheme of REST framework",
      { authorization: `Token ${revoked.token}` },
    ],
    ["a disabled user's token", bearer(lockedToken)],
    ["a disabled user's session", { cookie: lockedCookie, ...sameOrigin }],
    ["a session from before a new password", { cookie: staleCookie, ...sameOrigin }],
    ["a forged session", { cookie: "next-auth.session-token=forged", ...sameOrigin }],
    ["an expired ticket", bearer(await expiredTicket(app, uploadId))],
    ["a forged ticket", bearer(`${ticket.slice(0, -4)}AAAA`)],
    // A present Authorization header alone decides.
    [
      "an invalid token with a valid session",
      { ...bearer("up_bad"), cookie: await app.sessionCookie() },
    ],
  ]);
}

/** The owner's browser, on a page of another site. */
export async function crossSite(app: BootedApp): Promise<Map<string, CallerHeaders>> {
  const cookie = await app.sessionCookie();
  const evil = "https://evil.example";
  return new Map<string, CallerHeaders>([
    ["cross-site", { cookie, "sec-fetch-site": "cross-site" }],
    ["same-site", { cookie, "sec-fetch-site": "same-site" }],
    ["cross-site with an origin", { cookie, "sec-fetch-site": "cross-site", origin: evil }],
    ["another origin", { cookie, origin: evil }],
    ["an opaque origin", { cookie, origin: "null" }],
    ["our host on another port", { cookie, origin: "http://127.0.0.1:1" }],
  ]);
}

/** A fresh ticket of `app.user()` for an upload. */
export async function ticketFor(app: BootedApp, uploadId: string): Promise<string> {
  const issuer = { kind: "user", via: "session", ...(await app.user()) } as const;
  const ask = { uploadId, expiresInSeconds: 60 };
  return (await app.application.auth.tickets.issue(issuer, ask)).ticket;
}

/** A ticket that expired an hour ago. */
async function expiredTicket(app: BootedApp, uploadId: string): Promise<string> {
  const now = new Date(Date.now() - 7_200_000);
  const clock = { now: () => now, sleep: async () => undefined, turn: async () => undefined };
  const secret = await readOrCreateSecret(app.dataDir);
  const user = await app.user();
  const users = { find: async () => ({ ...user, passwordHash: null, ...firstVersions }) };
  const issuer = { kind: "user", via: "session", ...user } as const;
  const tickets = createTickets({ secret, users, clock });
  return (await tickets.issue(issuer, { uploadId, expiresInSeconds: 3_600 })).ticket;
}

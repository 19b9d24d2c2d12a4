import { describe, expect, it } from "vitest";
import { tokenAndTicket } from "../../support/credentials.ts";
import { auditLines } from "../../support/log-lines.ts";
import { signInOverHttp } from "../../support/sign-in-over-http.ts";
import { adminEmail, adminPassword, spawnServer } from "../../support/spawn-server.ts";

describe("cli user revoke", () => {
  it("ends the sessions, tokens and tickets of one user, and writes an audit line", async () => {
    await using server = await spawnServer({ env: { LOG_LEVEL: "info" } });
    const other = { email: "bob@example.com", password: "a long enough password" };
    await server.cli(["user", "add", other.email], `${other.password}\n`);
    const bob = await signInOverHttp(server.url, other);
    const own = await signInOverHttp(server.url, { email: adminEmail, password: adminPassword });
    const { token, ticket } = await tokenAndTicket(server);
    expect([await own.isSignedIn(), await token.status(), await ticket.status()]).toEqual([
      ...[true, 200, 200],
    ]);

    const revoked = await server.cli(["user", "revoke", adminEmail, "--json"]);
    expect(JSON.parse(revoked.stdout)).toEqual({ email: adminEmail, tokens: 1, sessions: 1 });

    expect([await own.isSignedIn(), await token.status(), await ticket.status()]).toEqual([
      ...[false, 401, 401],
    ]);
    expect(await bob.isSignedIn()).toBe(true);
    const lines = auditLines(server, "all-revoked");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      principal: "operator",
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      counts: { tokens: 1, sessions: 1 },
    });
    const [created] = auditLines(server, "token-created");
    expect(lines[0]?.ownerId).toBe(created?.ownerId);
    const again = await signInOverHttp(server.url, { email: adminEmail, password: adminPassword });
    expect(await again.isSignedIn()).toBe(true);
    const unknown = await server.cli(["user", "revoke", "no@example.com"]);
    expect(unknown).toMatchObject({ code: 1, stderr: "There is no user no@example.com.\n" });
  });
});

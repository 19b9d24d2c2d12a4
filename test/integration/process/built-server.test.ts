import { describe, expect, it } from "vitest";
import { send } from "../../support/http-client.ts";
import { auditLines, logLines } from "../../support/log-lines.ts";
import {
  adminEmail,
  adminPassword,
  type SpawnedServer,
  spawnServer,
} from "../../support/spawn-server.ts";
import { trpcClient } from "../../support/trpc-client.ts";

/** The cookies that answers set, as a browser keeps them. */
class CookieJar {
  readonly #cookies = new Map<string, string>();

  keep(answer: { headers: { "set-cookie"?: string[] | undefined } }): void {
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
  }

  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

async function signIn(server: SpawnedServer, password: string): Promise<CookieJar> {
  const jar = new CookieJar();
  const csrf = await send(`${server.url}/api/auth/csrf`);
  jar.keep(csrf);
  const { csrfToken } = csrf.json() as { csrfToken: string };
  const answer = await send(`${server.url}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: jar.header },
    body: new URLSearchParams({ csrfToken, email: adminEmail, password, json: "true" }).toString(),
  });
  jar.keep(answer);
  return jar;
}

describe("the built server", () => {
  it("serves the pages with their safeguards", async () => {
    await using server = await spawnServer();
    const page = await send(`${server.url}/sign-in`);
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
    });
    expect(page.headers).not.toHaveProperty("x-powered-by");
    const script = /\/_next\/static\/[^"]+\.js/.exec(page.body.toString())?.[0];
    expect((await send(`${server.url}${script}`)).status).toBe(200);
    expect((await send(`${server.url}/nowhere`)).status).toBe(404);
  });

  it("signs in by NextAuth, and the session counts at the doors and on the pages", async () => {
    await using server = await spawnServer();
    const stranger = await signIn(server, "not the password");
    expect(stranger.header).not.toContain("session-token");
    const { header: cookie } = await signIn(server, adminPassword);
    expect(cookie).toContain("next-auth.session-token");
    const { items } = await trpcClient(server.url, { cookie }).uploads.list.query({});
    expect(items).toEqual([]);
    expect((await send(`${server.url}/`, { headers: { cookie } })).status).toBe(200);
    expect((await send(`${server.url}/admin`, { headers: { cookie } })).status).toBe(200);
  });

  it("names the request in the audit lines of signing in and out", async () => {
    await using server = await spawnServer({ env: { LOG_LEVEL: "info" } });
    const jar = await signIn(server, adminPassword);
    const { csrfToken } = (
      await send(`${server.url}/api/auth/csrf`, { headers: { cookie: jar.header } })
    ).json() as { csrfToken: string };
    await send(`${server.url}/api/auth/signout`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        cookie: jar.header,
        "x-request-id": "out-1",
      },
      body: new URLSearchParams({ csrfToken, json: "true" }).toString(),
    });
    await expect.poll(() => auditLines(server, "sign-out")).toHaveLength(1);
    const [[signedIn], [signedOut]] = [
      auditLines(server, "sign-in"),
      auditLines(server, "sign-out"),
    ];
    expect(signedOut).toMatchObject({ requestId: "out-1", principal: signedIn?.principal });
    const path = "/api/auth/callback/credentials";
    const request = logLines(server).find((line) => line.msg === "request" && line.path === path);
    expect(request).toMatchObject({ requestId: signedIn?.requestId });
  });

  it("gives NextAuth no other address than PUBLIC_URL, whatever the request says", async () => {
    await using server = await spawnServer({
      env: { AUTH_TRUST_HOST: "true", TRUSTED_PROXIES: "127.0.0.1" },
    });
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example" };
    const answer = await send(`${server.url}/api/auth/providers`, { headers });
    expect(answer.json()).toMatchObject({
      credentials: { signinUrl: `${server.url}/api/auth/signin/credentials` },
    });
  });

  it("answers requests that offer an upgrade", async () => {
    await using server = await spawnServer();
    await send(`${server.url}/sign-in`);
    const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "" };
    expect((await send(`${server.url}/api/health`, { headers })).status).toBe(200);
    expect((await send(`${server.url}/sign-in`, { headers })).status).toBe(200);
  });

  it("gives no 500 for odd requests", async () => {
    await using server = await spawnServer();
    const odd = [
      "/%zz",
      "/sign-in?callbackUrl=%zz",
      "/_next/image?url=%zz&w=1&q=1",
      "/_next/data/x/%2e%2e.json",
      "//evil.example/..",
      "/api/trpc/%00",
      "/api/trpc/uploads.list?input=%7B",
      "/api/auth/%2e%2e/x",
      "/api/auth/callback/nobody?error=%zz",
      "/api/uploads/..%2f..%2fetc",
    ];
    for (const path of odd) {
      const { status } = await send(`${server.url}${path}`, { headers: { cookie: "a=%zz; =; ;" } });
      expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code < 500)]);
    }
  });
});
